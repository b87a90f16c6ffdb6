package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.ClientSettings;
import io.mooncake4j.master.placement.MasterTimes;
import io.mooncake4j.master.service.MasterOptions;
import io.mooncake4j.transfer.settings.Setting;
import io.mooncake4j.transfer.settings.SettingException;
import io.mooncake4j.transfer.settings.SettingType;
import io.mooncake4j.transfer.settings.Settings;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Settings of a master. */
final class MasterSettings {
    private static final SettingType<Duration> GRANT_RANGE =
            SettingType.duration(Duration.ofMillis(100), Duration.ofHours(1));
    private static final SettingType<Duration> SILENCE_RANGE =
            SettingType.duration(Duration.ofMillis(100), Duration.ofDays(7));

    static final Setting<String> BIND_HOST =
            Setting.of("bind-host", SettingType.TEXT.shownAs("ADDRESS"), "0.0.0.0", "Local address to listen on");
    static final Setting<Integer> RPC_PORT =
            Setting.of("rpc-port", SettingType.PORT, "50051", "Port for clients and nodes; 0 takes any that is free");
    static final Setting<String> ALLOCATION_STRATEGY = Setting.of(
            "allocation-strategy",
            SettingType.choice("random", "free_ratio_first", "local_first"),
            "random",
            "How the segment of a new object is chosen");
    static final Setting<Duration> READ_LEASE =
            Setting.of("read-lease", GRANT_RANGE, "5s", "How long memory of an object that is read is not reused");
    static final Setting<Duration> WRITE_GRANT =
            Setting.of("write-grant", GRANT_RANGE, "10s", "How long a put may be silent before it lapses");
    static final Setting<Double> HIGH_WATERMARK = Setting.of(
            "eviction-high-watermark", SettingType.RATIO, "0.90", "Used share of memory above which eviction begins");
    static final Setting<Double> LOW_WATERMARK = Setting.of(
            "eviction-low-watermark", SettingType.RATIO, "0.85", "Used share of memory down to which it evicts");
    static final Setting<Duration> NODE_SUSPECT =
            Setting.of("node-suspect", SILENCE_RANGE, "10s", "Silence after which a node gets no new objects");
    static final Setting<Duration> NODE_OFFLINE =
            Setting.of("node-offline", SILENCE_RANGE, "30s", "Silence after which a node's objects are not offered");
    static final Setting<Duration> NODE_DROPPED =
            Setting.of("node-dropped", SILENCE_RANGE, "10m", "Silence after which a node's objects are forgotten");

    private static final List<Setting<?>> OWN = List.of(
            BIND_HOST,
            RPC_PORT,
            ALLOCATION_STRATEGY,
            READ_LEASE,
            WRITE_GRANT,
            HIGH_WATERMARK,
            LOW_WATERMARK,
            NODE_SUSPECT,
            NODE_OFFLINE,
            NODE_DROPPED,
            ClientSettings.BUSY_POLL);

    static final List<Setting<?>> ALL = Stream.of(
                    OWN,
                    AdminSettings.OF_MASTER,
                    JournalSettings.ALL,
                    List.of(CommonSettings.CONFIG, CommonSettings.SERVER_LOG_LEVEL))
            .<Setting<?>>flatMap(List::stream)
            .toList();

    private MasterSettings() {}

    static MasterOptions options(Settings settings) {
        requireBelow(settings, LOW_WATERMARK, HIGH_WATERMARK);
        requireBelow(settings, NODE_SUSPECT, NODE_OFFLINE);
        requireBelow(settings, NODE_OFFLINE, NODE_DROPPED);
        return MasterOptions.defaults()
                .withAddress(settings.get(BIND_HOST), settings.get(RPC_PORT))
                .withAllocationStrategy(settings.get(ALLOCATION_STRATEGY))
                .withBusyPoll(settings.get(ClientSettings.BUSY_POLL))
                .withCluster(JournalSettings.options(settings, settings.get(BIND_HOST), settings.get(RPC_PORT)))
                .withWatermarks(settings.get(HIGH_WATERMARK), settings.get(LOW_WATERMARK))
                .withTimes(MasterTimes.defaults()
                        .withReadLease(settings.get(READ_LEASE))
                        .withGrant(settings.get(WRITE_GRANT))
                        .withSilence(
                                settings.get(NODE_SUSPECT), settings.get(NODE_OFFLINE), settings.get(NODE_DROPPED)));
    }

    private static <T extends Comparable<T>> void requireBelow(
            Settings settings, Setting<T> smaller, Setting<T> larger) {
        if (settings.get(smaller).compareTo(settings.get(larger)) >= 0) {
            throw new SettingException(shown(settings, smaller) + " must be below " + shown(settings, larger));
        }
    }

    private static <T> String shown(Settings settings, Setting<T> setting) {
        return setting.flag() + " " + setting.type().printer().apply(settings.get(setting));
    }
}
