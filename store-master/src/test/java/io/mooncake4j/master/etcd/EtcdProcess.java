package io.mooncake4j.master.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A real etcd for tests: loopback only, ports that were free, its files in memory (or where it is told). It takes the
 * faults that real ones have. Close it always: that kills it, whatever state it is in, and deletes its files.
 */
public final class EtcdProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(40);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();

    /** What an etcd is started with. */
    public static final class Plan {
        private final List<String> extra = new ArrayList<>();
        private final Map<String, Path> files = new HashMap<>();
        private String name = "etcd";
        private String scheme = "http";
        private int clientPort = LoopbackPorts.free();
        private int peerPort = LoopbackPorts.free();
        private String cluster = "";
        private Path parent = inMemory();

        /** Of the member. */
        Plan name(String value) {
            name = value;
            return this;
        }

        /** name=peer URL of each member. */
        Plan cluster(String value) {
            cluster = value;
            return this;
        }

        String peer() {
            return name + "=http://127.0.0.1:" + peerPort;
        }

        /** How large its database may become. */
        public Plan quotaBytes(long value) {
            return with("--quota-backend-bytes", Long.toString(value));
        }

        /** For clients, who need certificates of their own. */
        public Plan tls(Path ca, Path certificate, Path key) {
            scheme = "https";
            return withFile("--trusted-ca-file", ca)
                    .withFile("--cert-file", certificate)
                    .withFile("--key-file", key)
                    .with("--client-cert-auth", "true");
        }

        private Plan withFile(String flag, Path file) {
            files.put(flag, file);
            return this;
        }

        /** Where its files are, for tests that measure a disk. */
        public Plan below(Path directory) {
            parent = directory;
            return this;
        }

        public Plan with(String flag, String value) {
            extra.add(flag + "=" + value);
            return this;
        }

        /** Starts it and waits until it serves. */
        public EtcdProcess start() {
            EtcdProcess process = launch();
            try {
                process.awaitHealthy();
                return process;
            } catch (RuntimeException | Error e) {
                process.close();
                throw e;
            }
        }

        /** Starts it and doesn't wait: one member alone serves nothing. */
        EtcdProcess launch() {
            return new EtcdProcess(this);
        }

        private static Path inMemory() {
            Path shared = Path.of("/dev/shm");
            return Files.isWritable(shared) ? shared : Path.of(System.getProperty("java.io.tmpdir"));
        }
    }

    private final URI endpoint;
    private final URI health;
    private final Path home;
    private final String name;
    private final String peer;
    private final EtcdLauncher.Running running;

    private EtcdProcess(Plan plan) {
        int healthPort = LoopbackPorts.free();
        endpoint = URI.create(plan.scheme + "://127.0.0.1:" + plan.clientPort);
        health = URI.create("http://127.0.0.1:" + healthPort + "/health");
        name = plan.name;
        peer = "http://127.0.0.1:" + plan.peerPort;
        try {
            home = Files.createTempDirectory(plan.parent, "mooncake4j-etcd-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> arguments = new ArrayList<>(List.of(
                "--name=" + plan.name,
                "--data-dir=" + home.resolve("data"),
                "--listen-client-urls=" + endpoint,
                "--advertise-client-urls=" + endpoint,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=" + (plan.cluster.isEmpty() ? plan.peer() : plan.cluster),
                "--listen-metrics-urls=http://127.0.0.1:" + healthPort,
                "--logger=zap",
                "--log-level=warn"));
        arguments.addAll(plan.extra);
        plan.files.forEach((flag, file) -> arguments.add(flag + "=" + copied(file)));
        running = EtcdFinder.launcher().launch(plan.name, arguments, home);
    }

    /** A container sees only what is in its home. */
    private Path copied(Path file) {
        try {
            return Files.copy(file, home.resolve(file.getFileName()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Plan plan() {
        return new Plan();
    }

    /** One with etcd's own defaults. */
    public static EtcdProcess start() {
        return plan().start();
    }

    /** Where clients reach it. */
    public URI endpoint() {
        return endpoint;
    }

    /** Options of a client of it. */
    public EtcdOptions.Builder options() {
        return EtcdOptions.builder().endpoints(List.of(endpoint));
    }

    /** Waits until it serves: alone, or as a member that sees a leader. */
    public void awaitHealthy() {
        Awaitility.await("etcd at " + endpoint)
                .atMost(START)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .failFast(() -> {
                    if (!running.isAlive()) {
                        throw new IllegalStateException("it ended: " + this);
                    }
                })
                .until(this::isHealthy);
    }

    /** Whether it serves. */
    public boolean isHealthy() {
        try {
            HttpRequest request = HttpRequest.newBuilder(health)
                    .timeout(Duration.ofSeconds(2))
                    .build();
            HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 && answer.body().contains("true");
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** SIGKILL. */
    public void kill() {
        running.kill();
    }

    /** SIGTERM. */
    public void terminate() {
        running.terminate();
    }

    /** SIGSTOP. */
    public void freeze() {
        running.freeze();
    }

    /** SIGCONT. */
    public void thaw() {
        running.thaw();
    }

    /** Starts it again with the same data and ports, and doesn't wait. */
    public void relaunch() {
        running.restart();
    }

    /** Starts it again with the same data and ports, and waits until it serves. */
    public void restart() {
        relaunch();
        awaitHealthy();
    }

    /** Asks it something as an operator does, by {@code etcdctl}; returns what that prints. */
    public String ctl(String... arguments) {
        return EtcdCtl.run(Stream.concat(Stream.of("--endpoints=" + endpoint), Stream.of(arguments)));
    }

    /** Puts back what {@code ctl("snapshot", "save", file)} has saved, in place of all it has. Not while it is running. */
    public void restore(Path snapshot) {
        Path data = home.resolve("data");
        deleteTree(data);
        EtcdCtl.run(Stream.of(
                "snapshot",
                "restore",
                snapshot.toString(),
                "--data-dir=" + data,
                "--name=" + name,
                "--initial-cluster=" + name + "=" + peer,
                "--initial-advertise-peer-urls=" + peer));
    }

    @Override
    public String toString() {
        return "etcd at " + endpoint + ":\n" + running.printed();
    }

    @Override
    public void close() {
        running.close();
        deleteTree(home);
    }

    private static void deleteTree(Path top) {
        try (Stream<Path> all = Files.walk(top)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
