package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.ClientSettings;
import io.mooncake4j.node.NodeOptions;
import io.mooncake4j.node.OnStop;
import io.mooncake4j.transfer.memory.FillProgress;
import io.mooncake4j.transfer.memory.MemoryKind;
import io.mooncake4j.transfer.memory.SegmentMemoryOptions;
import io.mooncake4j.transfer.rdma.RdmaSettings;
import io.mooncake4j.transfer.settings.Setting;
import io.mooncake4j.transfer.settings.SettingException;
import io.mooncake4j.transfer.settings.SettingType;
import io.mooncake4j.transfer.settings.Settings;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Settings of a storage node. */
final class NodeSettings {
    private static final SettingType<MemoryKind> MEMORY_KIND = new SettingType<>(
            "shm|hugetlbfs:DIR|anonymous",
            text -> {
                try {
                    return MemoryKind.parse(text);
                } catch (StoreException e) {
                    throw new SettingException(e.reason());
                }
            },
            MemoryKind::toString);

    static final Setting<Long> SEGMENT_SIZE = Setting.of(
                    "segment-size",
                    SettingType.sizeFrom(SegmentMemoryOptions.ALIGNMENT_BYTES),
                    "4GB",
                    "How much memory to lend to the store")
            .alsoFrom("MOONCAKE_GLOBAL_SEGMENT_SIZE")
            .alsoInFile("global_segment_size");
    static final Setting<MemoryKind> MEMORY = Setting.of(
            "memory",
            MEMORY_KIND,
            "shm",
            "Where the memory comes from: files in /dev/shm, files on a hugetlbfs, or anonymous memory, which ends with the"
                    + " process");
    static final Setting<Integer> DATA_PORT =
            Setting.of("data-port", SettingType.PORT, "50052", "Port for reads and writes; 0 takes any that is free");
    static final Setting<String> HOST = Setting.of(
                    "host",
                    SettingType.TEXT.shownAs("HOST"),
                    "",
                    "Where clients reach this node; by default this machine's address towards the master")
            .alsoFrom("MOONCAKE_LOCAL_HOSTNAME")
            .alsoInFile("local_hostname");
    static final Setting<String> BIND_HOST = Setting.of(
                    "bind-host",
                    SettingType.TEXT.shownAs("ADDRESS"),
                    "",
                    "Local address to listen on; by default loopback if clients are told that, else all")
            .alsoFrom("MC_TCP_BIND_ADDRESS");
    static final Setting<String> NAME = Setting.of(
            "name", SettingType.TEXT.shownAs("NAME"), "", "Name of the segment and of its files; by default host:port");
    static final Setting<String> ON_STOP = Setting.of(
            "on-stop",
            SettingType.choice("auto", "suspend", "leave"),
            "auto",
            "What becomes of the memory at a stop: suspend keeps it for the next start, leave gives it up, auto suspends"
                    + " where the master's journal outlives a restart");

    static final List<Setting<?>> ALL = Stream.of(
                    Stream.of(ClientSettings.MASTER, SEGMENT_SIZE, MEMORY, DATA_PORT, HOST, BIND_HOST, NAME, ON_STOP),
                    RdmaSettings.NODE.stream(),
                    Stream.of(CommonSettings.CONFIG, CommonSettings.SERVER_LOG_LEVEL))
            .<Setting<?>>flatMap(settings -> settings)
            .toList();

    private NodeSettings() {}

    static NodeOptions options(Settings settings, FillProgress progress) {
        NodeOptions.Builder options = NodeOptions.builder()
                .masters(settings.get(ClientSettings.MASTER))
                .segmentBytes(settings.get(SEGMENT_SIZE))
                .memory(settings.get(MEMORY))
                .dataPort(settings.get(DATA_PORT))
                .host(settings.get(HOST))
                .bindHost(settings.get(BIND_HOST))
                .name(settings.get(NAME))
                .onStop(OnStop.valueOf(settings.get(ON_STOP).toUpperCase(Locale.ROOT)))
                .progress(progress);
        RdmaSettings.node(settings).ifPresent(options::rdma);
        try {
            return options.build();
        } catch (StoreException e) {
            throw new SettingException(e.reason());
        }
    }
}
