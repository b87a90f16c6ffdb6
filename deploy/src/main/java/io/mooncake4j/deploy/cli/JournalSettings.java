package io.mooncake4j.deploy.cli;

import io.mooncake4j.master.etcd.EtcdOptions;
import io.mooncake4j.master.ha.HaOptions;
import io.mooncake4j.master.service.ClusterOptions;
import io.mooncake4j.transfer.rpc.OwnAddress;
import io.mooncake4j.transfer.settings.Setting;
import io.mooncake4j.transfer.settings.SettingException;
import io.mooncake4j.transfer.settings.SettingType;
import io.mooncake4j.transfer.settings.Settings;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Settings of where a master's placement is recorded. */
final class JournalSettings {
    private static final String ETCD = "etcd";
    private static final int SECRET_BYTES_MIN = 32;
    private static final SettingType<String> FILE = SettingType.TEXT.shownAs("FILE");

    static final Setting<String> JOURNAL = Setting.of(
            "journal",
            SettingType.choice("memory", ETCD),
            "memory",
            "Where placement is recorded; memory: a restart forgets; etcd: it outlives masters, and several are one service");
    static final Setting<String> ENDPOINTS = Setting.of(
            "etcd-endpoints",
            new SettingType<>("URL[,...]", JournalSettings::endpoints, text -> text),
            "http://127.0.0.1:2379",
            "Members of the etcd cluster, all http or all https");
    static final Setting<String> PREFIX = Setting.of(
            "etcd-prefix",
            SettingType.TEXT,
            EtcdOptions.DEFAULT_PREFIX,
            "What every key in etcd begins with; another store needs another one");
    static final Setting<String> TLS_CA = Setting.of(
            "etcd-tls-ca",
            FILE,
            "",
            "PEM file of the authority that signed etcd's certificate; by default those that Java trusts");
    static final Setting<String> TLS_CERT =
            Setting.of("etcd-tls-cert", FILE, "", "PEM file of this master's certificate, where etcd asks for one");
    static final Setting<String> TLS_KEY =
            Setting.of("etcd-tls-key", FILE, "", "PEM file of that certificate's key, PKCS #8 without a password");
    static final Setting<String> USER =
            Setting.of("etcd-user", SettingType.TEXT, "", "User, where etcd's authentication is on");
    static final Setting<String> PASSWORD_FILE =
            Setting.of("etcd-password-file", FILE, "", "File that holds that user's password");
    static final Setting<Duration> REQUEST_TIMEOUT = Setting.of(
            "etcd-request-timeout",
            SettingType.duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
            "2s",
            "How long one request to etcd may take; a master's at most half of what --leader-lease is above 1s");
    static final Setting<Long> QUOTA = Setting.of(
            "etcd-quota",
            SettingType.sizeFrom(16L << 20),
            "2GB",
            "How large etcd's database may become: its --quota-backend-bytes; puts are refused before it is reached");
    static final Setting<String> DURABILITY = Setting.of(
            "durability",
            SettingType.choice("async", "sync"),
            "async",
            "When a put is acknowledged; sync: when etcd has it; async: at once, and a crash may forget the last 200 ms");
    static final Setting<Duration> LEADER_LEASE = Setting.of(
            "leader-lease",
            SettingType.duration(Duration.ofSeconds(2), Duration.ofMinutes(1)),
            "5s",
            "How long the leading master may be silent to etcd before another takes over; in whole seconds");
    static final Setting<String> CLUSTER_SECRET_FILE = Setting.of(
            "cluster-secret-file",
            FILE,
            "",
            "File of at least 32 bytes, the same for all masters, where access keys come from; by default the cluster keeps"
                    + " one in etcd");
    static final Setting<String> ADVERTISE = Setting.of(
            "advertise",
            SettingType.TEXT.shownAs("HOST:PORT"),
            "",
            "Where clients, nodes and other masters find this master; by default the address it listens on, else this"
                    + " machine's address towards etcd");

    /** Where etcd is, for whoever looks there. */
    static final List<Setting<?>> CONNECTION =
            List.of(ENDPOINTS, PREFIX, TLS_CA, TLS_CERT, TLS_KEY, USER, PASSWORD_FILE, REQUEST_TIMEOUT);

    /** What has no meaning without etcd. */
    private static final List<Setting<?>> OF_ETCD = Stream.concat(
                    CONNECTION.stream(), Stream.of(QUOTA, DURABILITY, LEADER_LEASE, CLUSTER_SECRET_FILE, ADVERTISE))
            .toList();

    static final List<Setting<?>> ALL =
            Stream.concat(Stream.of(JOURNAL), OF_ETCD.stream()).toList();

    private JournalSettings() {}

    static boolean inEtcd(Settings settings) {
        return settings.get(JOURNAL).equals(ETCD);
    }

    /** Of a command that has these settings. */
    static List<String> warnings(Settings settings) {
        List<String> without =
                OF_ETCD.stream().filter(settings::isGiven).map(Setting::flag).toList();
        if (!inEtcd(settings)) {
            return without.isEmpty()
                    ? List.of()
                    : List.of(String.join(", ", without) + ": without effect, since " + JOURNAL.flag()
                            + " is memory; set it to etcd");
        }
        Duration longest = HaOptions.longestRequest(settings.get(LEADER_LEASE));
        return settings.isGiven(REQUEST_TIMEOUT)
                        || settings.get(REQUEST_TIMEOUT).compareTo(longest) <= 0
                ? List.of()
                : List.of(shown(REQUEST_TIMEOUT, longest) + " is used, not " + REQUEST_TIMEOUT.defaultText()
                        + ", since " + shown(LEADER_LEASE, settings.get(LEADER_LEASE)) + " leaves no time for more");
    }

    /** One that was asked for is refused if it is too long, and the default shortened. */
    private static Duration requestTimeout(Settings settings) {
        Duration longest = HaOptions.longestRequest(settings.get(LEADER_LEASE));
        Duration wished = settings.get(REQUEST_TIMEOUT);
        if (wished.compareTo(longest) <= 0) {
            return wished;
        }
        if (settings.isGiven(REQUEST_TIMEOUT)) {
            throw new SettingException(shown(REQUEST_TIMEOUT, wished) + ": at most "
                    + REQUEST_TIMEOUT.type().printer().apply(longest) + " with "
                    + shown(LEADER_LEASE, settings.get(LEADER_LEASE))
                    + ", so that a renewal of the lease that gets no answer can be tried again in time");
        }
        return longest;
    }

    private static <T> String shown(Setting<T> setting, T value) {
        return setting.flag() + " " + setting.type().printer().apply(value);
    }

    /**
     * @return null: alone, with its journal in memory
     * @throws SettingException naming what is wrong
     */
    static @Nullable ClusterOptions options(Settings settings, String bindHost, int port) {
        if (!inEtcd(settings)) {
            return null;
        }
        EtcdOptions etcd = etcd(settings, requestTimeout(settings));
        try {
            return new ClusterOptions(
                    etcd,
                    address(settings.get(ADVERTISE), bindHost, port, etcd.endpoints()),
                    settings.get(LEADER_LEASE),
                    settings.get(DURABILITY).equals("sync"),
                    settings.get(QUOTA),
                    secret(file(settings, CLUSTER_SECRET_FILE)));
        } catch (StoreException e) {
            throw new SettingException(e.reason());
        }
    }

    /**
     * The connection.
     *
     * @throws SettingException naming what is wrong
     */
    static EtcdOptions etcd(Settings settings) {
        return etcd(settings, settings.get(REQUEST_TIMEOUT));
    }

    private static EtcdOptions etcd(Settings settings, Duration requestTimeout) {
        try {
            return EtcdOptions.builder()
                    .endpoints(settings.get(ENDPOINTS))
                    .prefix(settings.get(PREFIX))
                    .requestTimeout(requestTimeout)
                    .tlsCa(file(settings, TLS_CA))
                    .tlsClient(file(settings, TLS_CERT), file(settings, TLS_KEY))
                    .user(settings.get(USER))
                    .passwordFile(file(settings, PASSWORD_FILE))
                    .build();
        } catch (StoreException e) {
            throw new SettingException(e.reason());
        }
    }

    private static String endpoints(String text) {
        try {
            EtcdOptions.builder().endpoints(text);
            return text;
        } catch (StoreException e) {
            throw new SettingException(e.reason());
        }
    }

    private static @Nullable Path file(Settings settings, Setting<String> setting) {
        String name = settings.get(setting);
        if (name.isEmpty()) {
            return null;
        }
        Path file = Path.of(name);
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new SettingException(setting.flag() + " " + name + ": no such file, or it may not be read");
        }
        return file;
    }

    private static byte[] secret(@Nullable Path file) {
        if (file == null) {
            return new byte[0];
        }
        try {
            byte[] secret = Files.readAllBytes(file);
            int length = secret.length > 0 && secret[secret.length - 1] == '\n' ? secret.length - 1 : secret.length;
            if (length < SECRET_BYTES_MIN) {
                throw new SettingException(CLUSTER_SECRET_FILE.flag() + " " + file + ": has " + length
                        + " bytes, at least " + SECRET_BYTES_MIN + " are needed (openssl rand -base64 48 makes some)");
            }
            return Arrays.copyOf(secret, length);
        } catch (IOException e) {
            throw new SettingException(CLUSTER_SECRET_FILE.flag() + " " + file + ": can't be read: " + e);
        }
    }

    private static String address(String given, String bindHost, int port, List<URI> etcd) {
        if (!given.isEmpty()) {
            return HostPort.parse(given).toString();
        }
        try {
            boolean everywhere = InetAddress.getByName(bindHost).isAnyLocalAddress();
            return new HostPort(everywhere ? towards(etcd) : bindHost, port).toString();
        } catch (UnknownHostException e) {
            throw new SettingException(MasterSettings.BIND_HOST.flag() + " " + bindHost + ": unknown host");
        }
    }

    private static String towards(List<URI> etcd) {
        for (URI endpoint : etcd) {
            InetSocketAddress peer = new InetSocketAddress(endpoint.getHost(), endpoint.getPort());
            try {
                if (!peer.isUnresolved()) {
                    return OwnAddress.towards(peer);
                }
            } catch (IOException e) {
                // the next one may be reachable
            }
        }
        throw new SettingException(
                "no etcd endpoint of " + etcd + " is a known host with a route to it, so this master's"
                        + " own address is unknown too: correct " + ENDPOINTS.flag() + ", or set " + ADVERTISE.flag());
    }
}
