package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.ClientSettings;
import io.mooncake4j.deploy.doctor.Needs;
import io.mooncake4j.transfer.rdma.RdmaSettings;
import io.mooncake4j.transfer.rdma.gid.GidChoice;
import io.mooncake4j.transfer.settings.Setting;
import io.mooncake4j.transfer.settings.SettingType;
import io.mooncake4j.transfer.settings.Settings;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What {@code doctor} holds the machine against: settings of nodes and clients. */
final class DoctorSettings {
    private static final String AUTO = "auto";
    private static final int LAST_GID = 4095;
    private static final SettingType<Integer> INDEX = SettingType.integer(0, LAST_GID);

    static final Setting<Integer> GID_INDEX = Setting.of(
                    "gid-index",
                    new SettingType<>(
                            "auto|N",
                            "0 to " + LAST_GID,
                            List.of(),
                            text -> text.equals(AUTO)
                                    ? GidChoice.SEARCH
                                    : INDEX.parser().apply(text),
                            index -> index == GidChoice.SEARCH ? AUTO : Integer.toString(index)),
                    AUTO,
                    "Index of the GID that has to be there; auto and 0 choose one. For doctor alone: rdma_cm takes that of"
                            + " the device's address")
            .alsoFrom("MC_GID_INDEX");

    private static final List<Setting<Integer>> PORTS =
            List.of(MasterSettings.RPC_PORT, AdminSettings.PORT, NodeSettings.DATA_PORT, AdminSettings.NODE_PORT);

    static final List<Setting<?>> ALL = Stream.<Stream<? extends Setting<?>>>of(
                    Stream.of(
                            RdmaSettings.PROTOCOL,
                            RdmaSettings.FORCE_TCP,
                            RdmaSettings.DEVICE,
                            GID_INDEX,
                            RdmaSettings.QUEUE_PAIRS,
                            RdmaSettings.LINKS,
                            RdmaSettings.MAX_QUEUE_PAIRS,
                            NodeSettings.SEGMENT_SIZE,
                            NodeSettings.MEMORY,
                            ClientSettings.LOCAL_BUFFER_SIZE),
                    PORTS.stream(),
                    Stream.of(CommonSettings.CONFIG, CommonSettings.LOG_LEVEL))
            .<Setting<?>>flatMap(settings -> settings)
            .toList();

    private DoctorSettings() {}

    static Needs needs(Settings settings, boolean client) {
        Map<String, Integer> ports = PORTS.stream().collect(Collectors.toMap(Setting::name, settings::get));
        return new Needs(
                RdmaSettings.node(settings).isPresent(),
                settings.get(RdmaSettings.DEVICE),
                settings.get(GID_INDEX),
                client ? null : settings.get(NodeSettings.MEMORY),
                settings.get(client ? ClientSettings.LOCAL_BUFFER_SIZE : NodeSettings.SEGMENT_SIZE),
                settings.get(RdmaSettings.QUEUE_PAIRS) * settings.get(RdmaSettings.LINKS),
                ports);
    }
}
