package io.mooncake4j.client;

import io.mooncake4j.transfer.rdma.RdmaSettings;
import io.mooncake4j.transfer.rpc.BusyPoll;
import io.mooncake4j.transfer.settings.DurationText;
import io.mooncake4j.transfer.settings.Setting;
import io.mooncake4j.transfer.settings.SettingException;
import io.mooncake4j.transfer.settings.SettingSource;
import io.mooncake4j.transfer.settings.SettingType;
import io.mooncake4j.transfer.settings.Settings;
import io.mooncake4j.transfer.settings.Variables;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Settings of a client: the names that environments and command lines give them. */
public final class ClientSettings {
    private static final Logger LOG = LoggerFactory.getLogger(ClientSettings.class);

    private static final SettingType<List<HostPort>> ADDRESSES = new SettingType<>(
            "HOST:PORT[,...]",
            ClientSettings::addresses,
            all -> all.stream().map(HostPort::toString).collect(Collectors.joining(",")));

    public static final Setting<List<HostPort>> MASTER = Setting.of(
                    "master", ADDRESSES, "127.0.0.1:50051", "Where the master listens; several are one service")
            .alsoFrom("MOONCAKE_MASTER")
            .alsoInFile("master_server_address");
    public static final Setting<String> TENANT = Setting.of(
                    "tenant", SettingType.TEXT, "default", "Whose objects: every tenant has keys of its own")
            .alsoFrom("MOONCAKE_TENANT_ID")
            .alsoInFile("tenant_id");
    public static final Setting<Boolean> CHECKSUMS = Setting.of(
                    "checksums",
                    SettingType.SWITCH,
                    "on",
                    "Whether puts store a CRC-32C of the bytes, and gets compare it")
            .alsoFrom("MOONCAKE_STORE_CHECKSUM");
    public static final Setting<Duration> TIMEOUT =
            Setting.of("timeout", SettingType.DURATION, "20s", "How long one call may take, retries included");
    public static final Setting<Duration> REQUEST_TIMEOUT = Setting.of(
                    "request-timeout",
                    SettingType.DURATION,
                    "5s",
                    "How long one try of a request to the master may take")
            .alsoFrom("MC_RPC_TIMEOUT_MS", "ms");
    public static final Setting<Duration> CONNECT_TIMEOUT = Setting.of(
                    "connect-timeout",
                    SettingType.DURATION,
                    "2s",
                    "How long connecting to the master or a node may take")
            .alsoFrom("MC_RPC_CONNECT_TIMEOUT_MS", "ms");
    public static final Setting<Duration> BUSY_POLL = Setting.of(
            "busy-poll",
            SettingType.duration(Duration.ZERO, BusyPoll.LONGEST),
            DurationText.format(BusyPoll.DEFAULT),
            "How long to look for the next message, as long as that pays, before a core is left to sleep; 0: never");
    public static final Setting<Long> LOCAL_BUFFER_SIZE = Setting.of(
                    "local-buffer-size",
                    SettingType.SIZE,
                    "64MB",
                    "How much memory the client's own buffers have; reserved when the first is leased")
            .alsoFrom("MOONCAKE_LOCAL_BUFFER_SIZE")
            .alsoInFile("local_buffer_size");
    public static final Setting<Integer> TCP_CONNECTIONS = Setting.of(
                    "tcp-connections", SettingType.integer(1, 16), "4", "How many connections go to one node at most")
            .alsoFrom("MC_TCP_LANES_PER_PEER");
    /** All of them. */
    public static final List<Setting<?>> ALL = Stream.<Setting<?>>concat(
                    Stream.of(
                            MASTER,
                            TENANT,
                            CHECKSUMS,
                            TIMEOUT,
                            REQUEST_TIMEOUT,
                            CONNECT_TIMEOUT,
                            BUSY_POLL,
                            LOCAL_BUFFER_SIZE,
                            TCP_CONNECTIONS),
                    RdmaSettings.CLIENT.stream())
            .toList();

    private ClientSettings() {}

    /** A builder with the effective values of all of these settings. */
    public static MooncakeClientBuilder builder(Settings settings) {
        MooncakeClientBuilder builder = MooncakeClient.builder()
                .masters(settings.get(MASTER))
                .tenant(settings.get(TENANT))
                .checksums(settings.get(CHECKSUMS))
                .operationTimeout(settings.get(TIMEOUT))
                .requestTimeout(settings.get(REQUEST_TIMEOUT))
                .connectTimeout(settings.get(CONNECT_TIMEOUT))
                .busyPoll(settings.get(BUSY_POLL))
                .localBufferBytes(settings.get(LOCAL_BUFFER_SIZE))
                .tcpConnectionsPerNode(settings.get(TCP_CONNECTIONS));
        RdmaSettings.client(settings, settings.get(CONNECT_TIMEOUT)).ifPresent(builder::rdma);
        return builder;
    }

    static MooncakeClientBuilder builder(Map<String, String> environment) {
        SettingSource source = SettingSource.environment(environment);
        if (source.find(MASTER).isEmpty()) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS, "MOONCAKE_MASTER is not set; set it to the master's host:port");
        }
        Settings settings;
        try {
            settings = Settings.resolve(ALL, List.of(source));
        } catch (SettingException e) {
            throw new StoreException(ErrorCode.INVALID_PARAMS, String.valueOf(e.getMessage()), e);
        }
        Set<String> unused = withoutEffect(environment);
        if (!unused.isEmpty()) {
            LOG.warn("set in the environment, but without effect on a client of mooncake4j: {}", unused);
        }
        return builder(settings);
    }

    /** Mooncake's names that are set and mean nothing here. Ours may be meant for another process. */
    static Set<String> withoutEffect(Map<String, String> environment) {
        Set<String> unused = Variables.withoutEffect(environment, ALL, ALL);
        unused.removeIf(name -> name.startsWith(Setting.OWN_PREFIX));
        return unused;
    }

    private static List<HostPort> addresses(String text) {
        try {
            return HostPort.parseList(text);
        } catch (StoreException e) {
            throw new SettingException(e.reason());
        }
    }
}
