package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.settings.Setting;
import io.mooncake4j.transfer.settings.SettingType;
import io.mooncake4j.transfer.settings.Settings;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Settings of a process that moves bytes: by what, and how RDMA does it. */
public final class RdmaSettings {
    private static final String RDMA = "rdma";
    private static final SettingType<List<String>> NAMES =
            new SettingType<>("NAME[,...]", RdmaSettings::names, all -> String.join(",", all));

    public static final Setting<String> PROTOCOL = Setting.of(
                    "protocol",
                    SettingType.choice("tcp", RDMA),
                    "tcp",
                    "How bytes move between client and nodes; rdma: by RDMA where both sides have it, else by TCP")
            .alsoFrom("MOONCAKE_PROTOCOL");
    public static final Setting<Boolean> FORCE_TCP = Setting.of(
                    "force-tcp", SettingType.SWITCH, "off", "Whether to move bytes by TCP, whatever --protocol says")
            .alsoFrom("MC_FORCE_TCP");
    public static final Setting<List<String>> DEVICE = Setting.of(
                    "rdma-device",
                    NAMES,
                    "",
                    "RDMA devices that may be used; the first that is active and has an IPv4 address is, by default of"
                            + " all")
            .alsoFrom("MOONCAKE_DEVICE")
            .alsoFrom("MC_TE_FILTERS")
            .alsoInFile("device_name");
    public static final Setting<Integer> QUEUE_PAIRS = Setting.of(
                    "rdma-queue-pairs",
                    SettingType.integer(1, 64),
                    Integer.toString(RdmaOptions.DEFAULT.queuePairsPerLink()),
                    "Over how many queue pairs one transfer is spread")
            .alsoFrom("MC_NUM_QP_PER_EP");
    public static final Setting<Integer> LINKS = Setting.of(
            "rdma-links",
            SettingType.integer(1, 16),
            Integer.toString(RdmaOptions.DEFAULT.linksPerPeer()),
            "How many transfers to one node go by RDMA at once; each has queue pairs of its own");
    public static final Setting<Long> SLICE_SIZE = Setting.of(
                    "rdma-slice-size",
                    SettingType.size(4096, 1L << 30),
                    "256KB",
                    "Into pieces of how many bytes a transfer is cut, each a work request")
            .alsoFrom("MC_SLICE_SIZE");
    public static final Setting<Integer> MAX_WR = Setting.of(
                    "rdma-max-wr",
                    SettingType.integer(4, 8192),
                    Integer.toString(RdmaOptions.DEFAULT.maxWr()),
                    "How many work requests are under way on one queue pair at most")
            .alsoFrom("MC_MAX_WR");
    public static final Setting<Integer> MAX_INLINE = Setting.of(
                    "rdma-max-inline",
                    SettingType.integer(0, 1024),
                    Integer.toString(RdmaOptions.DEFAULT.inlineBytes()),
                    "Writes of up to so many bytes travel inside the work request, where the device allows so many")
            .alsoFrom("MC_MAX_INLINE");
    public static final Setting<Integer> ATTEMPTS = Setting.of(
                    "rdma-attempts",
                    SettingType.integer(1, 16),
                    Integer.toString(RdmaOptions.DEFAULT.attempts()),
                    "How often a read is tried by RDMA that fails, before it is tried by TCP")
            .alsoFrom("MC_RETRY_CNT");
    public static final Setting<Duration> PAUSE = Setting.of(
            "rdma-pause",
            SettingType.duration(Duration.ofMillis(100), Duration.ofHours(1)),
            "30s",
            "How long a node is reached by TCP after RDMA to it failed");
    public static final Setting<Integer> MAX_QUEUE_PAIRS = Setting.of(
            "rdma-max-queue-pairs",
            SettingType.integer(0, 1 << 20),
            "0",
            "How many queue pairs clients may have at this node; 0: as many as its device allows");

    /** Of everybody who may use RDMA. */
    private static final List<Setting<?>> SHARED = List.of(PROTOCOL, FORCE_TCP, DEVICE);
    /** Of a client. */
    public static final List<Setting<?>> CLIENT =
            join(SHARED, List.of(QUEUE_PAIRS, LINKS, SLICE_SIZE, MAX_WR, MAX_INLINE, ATTEMPTS, PAUSE));
    /** Of a node. */
    public static final List<Setting<?>> NODE = join(SHARED, List.of(MAX_QUEUE_PAIRS));

    private RdmaSettings() {}

    /** What a client was told about RDMA; empty: not to use it. */
    public static Optional<RdmaOptions> client(Settings settings, Duration connectTimeout) {
        return wanted(settings)
                ? Optional.of(new RdmaOptions(
                        settings.get(DEVICE),
                        settings.get(QUEUE_PAIRS),
                        settings.get(SLICE_SIZE).intValue(),
                        settings.get(MAX_WR),
                        settings.get(MAX_INLINE),
                        settings.get(LINKS),
                        settings.get(ATTEMPTS),
                        settings.get(PAUSE),
                        connectTimeout,
                        0))
                : Optional.empty();
    }

    /** What a node was told about RDMA; empty: not to offer it. */
    public static Optional<RdmaOptions> node(Settings settings) {
        return wanted(settings)
                ? Optional.of(RdmaOptions.DEFAULT
                        .withDevices(settings.get(DEVICE))
                        .withMaxQueuePairs(settings.get(MAX_QUEUE_PAIRS)))
                : Optional.empty();
    }

    private static boolean wanted(Settings settings) {
        return settings.get(PROTOCOL).equals(RDMA) && !settings.get(FORCE_TCP);
    }

    private static List<String> names(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private static List<Setting<?>> join(List<Setting<?>> first, List<Setting<?>> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
