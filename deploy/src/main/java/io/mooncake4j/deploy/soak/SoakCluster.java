package io.mooncake4j.deploy.soak;

import io.mooncake4j.client.ClusterStatus;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.transfer.settings.ByteSize;
import io.mooncake4j.transfer.settings.DurationText;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A master, nodes whose memory outlives them, and a client for faults to hit, each a process. For one thread; closing
 * ends them all and deletes what they left.
 */
final class SoakCluster implements AutoCloseable {
    private static final String COMMAND_LINE = "io.mooncake4j.deploy.cli.Mooncake4j";
    private static final Duration ALL_WELL = Duration.ofSeconds(60);
    private static final long LOOK_EVERY_MILLIS = 50;
    /** Netty's direct buffers then count as direct, too. */
    private static final List<String> SERVER_FLAGS =
            List.of("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-Dio.netty.maxDirectMemory=0");

    private final SoakOptions options;
    private final Path directory = Files.createTempDirectory(Path.of("/dev/shm"), "mooncake4j-soak-");
    private final List<ChildProcess> running = new ArrayList<>();
    private final List<ChildProcess> nodes = new ArrayList<>();
    private final List<MooncakeClient> clients = new ArrayList<>(1);
    private ChildProcess master;
    private ChildProcess victim;
    private int masterPort;
    private int victims;
    private Counts countsOfDeadVictims = Counts.NONE;
    private final MooncakeClient observer;

    /** @throws IllegalStateException with what was printed, if a process doesn't start or the nodes don't serve */
    SoakCluster(SoakOptions options) throws IOException {
        this.options = options;
        boolean complete = false;
        try {
            master = startMaster(0);
            observer = closedInTheEnd(MooncakeClient.builder()
                    .masters(masters())
                    .operationTimeout(SoakOptions.OPERATION)
                    .build());
            for (int i = 0; i < options.nodes(); i++) {
                nodes.add(startNode("soak-" + i));
            }
            if (!awaitAllWell()) {
                throw new IllegalStateException("the nodes don't serve:\n" + logs());
            }
            victim = startVictim();
            complete = true;
        } finally {
            if (!complete) {
                close();
            }
        }
    }

    private MooncakeClient closedInTheEnd(MooncakeClient client) {
        clients.add(client);
        return client;
    }

    String masters() {
        return "127.0.0.1:" + masterPort;
    }

    ChildProcess master() {
        return master;
    }

    /** The first one is never killed. */
    List<ChildProcess> nodes() {
        return nodes;
    }

    ChildProcess victim() {
        return victim;
    }

    /** What all clients that faults hit have done, those that are gone included. */
    Counts victimCounts() throws IOException {
        return countsOfDeadVictims.plus(Counts.read(countsFile()));
    }

    /** Kills the master; another one comes, which knows nothing. */
    void replaceMaster() {
        end(master);
        master = startMaster(masterPort);
    }

    /** Starts a node again that was killed or stopped; its memory is there still, unless deleted. */
    void restartNode(int index) {
        ChildProcess before = nodes.get(index);
        end(before);
        nodes.set(index, startNode(before.name()));
    }

    void deleteMemory(int index) throws IOException {
        Files.delete(directory.resolve(nodes.get(index).name() + ".segment"));
    }

    void replaceVictim() throws IOException {
        end(victim);
        countsOfDeadVictims = victimCounts();
        victims++;
        victim = startVictim();
    }

    /** Waits until every node takes objects; false if they don't within a minute. */
    boolean awaitAllWell() {
        long endNanos = System.nanoTime() + ALL_WELL.toNanos();
        while (!allWell()) {
            if (System.nanoTime() - endNanos > 0) {
                return false;
            }
            pause(LOOK_EVERY_MILLIS);
        }
        return true;
    }

    private boolean allWell() {
        try {
            return observer.clusterStatus().segments().stream()
                            .filter(segment -> segment.state() == ClusterStatus.State.OK)
                            .count()
                    == options.nodes();
        } catch (StoreException e) {
            return false;
        }
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private ChildProcess startMaster(int port) {
        ChildProcess started = start(
                "master",
                SERVER_FLAGS,
                COMMAND_LINE,
                "master",
                "--bind-host=127.0.0.1",
                "--rpc-port=" + port,
                "--admin-port=0",
                "--read-lease=" + DurationText.format(SoakOptions.READ_LEASE),
                "--write-grant=" + DurationText.format(SoakOptions.WRITE_GRANT),
                "--node-suspect=" + DurationText.format(SoakOptions.NODE_SUSPECT),
                "--node-offline=" + DurationText.format(SoakOptions.NODE_OFFLINE),
                "--node-dropped=" + DurationText.format(SoakOptions.NODE_DROPPED));
        String ready = started.awaitLine("ready:");
        masterPort = Integer.parseInt(ready.substring(ready.lastIndexOf(':') + 1));
        return started;
    }

    private ChildProcess startNode(String name) {
        return start(
                name,
                SERVER_FLAGS,
                COMMAND_LINE,
                "node",
                "--master=" + masters(),
                "--host=127.0.0.1",
                "--data-port=0",
                "--node-admin-port=0",
                "--name=" + name,
                "--memory=shm:" + directory,
                "--segment-size=" + ByteSize.format(options.segmentBytes()),
                "--on-stop=suspend");
    }

    private ChildProcess startVictim() {
        List<String> arguments = new ArrayList<>(List.of(
                masters(),
                Integer.toString(options.blockBytes()),
                Integer.toString(options.clients()),
                Double.toString(options.speed()),
                Long.toString(options.seed() + 1 + victims),
                countsFile().toString()));
        if (options.trace() != null) {
            arguments.add(options.trace().toString());
        }
        ChildProcess started = start(
                "victim",
                List.of("-Xmx256m", "-XX:+UseSerialGC"),
                VictimClient.class.getName(),
                arguments.toArray(String[]::new));
        started.awaitLine("running");
        return started;
    }

    private Path countsFile() {
        return directory.resolve("victim-" + victims + ".counts");
    }

    private ChildProcess start(String name, List<String> jvmFlags, String main, String... arguments) {
        ChildProcess started = ChildProcess.start(
                name,
                directory,
                Map.of(),
                jvmFlags,
                System.getProperty("java.class.path"),
                main,
                Arrays.asList(arguments));
        running.add(started);
        return started;
    }

    private void end(ChildProcess process) {
        process.close();
        running.remove(process);
    }

    /** The last lines of what each process printed. */
    String logs() {
        StringBuilder text = new StringBuilder();
        for (ChildProcess process : running) {
            String printed = process.toString();
            text.append(printed.substring(Math.max(0, printed.length() - 2000))).append('\n');
        }
        return text.toString();
    }

    @Override
    public void close() {
        running.forEach(ChildProcess::close);
        clients.forEach(MooncakeClient::close);
        if (Files.notExists(directory)) {
            return;
        }
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path each : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            System.err.println("can't delete " + directory + ": " + e);
        }
    }
}
