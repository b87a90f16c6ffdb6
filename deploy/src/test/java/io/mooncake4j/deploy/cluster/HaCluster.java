package io.mooncake4j.deploy.cluster;

import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.MooncakeClientBuilder;
import io.mooncake4j.deploy.soak.ChildProcess;
import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdEntry;
import io.mooncake4j.master.etcd.EtcdException;
import io.mooncake4j.master.etcd.EtcdOptions;
import io.mooncake4j.master.etcd.EtcdRangeQuery;
import io.mooncake4j.master.etcd.EtcdTxn;
import io.mooncake4j.master.etcd.JetcdEtcd;
import io.mooncake4j.master.journal.JournalSeam;
import io.mooncake4j.master.journal.Keys;
import io.mooncake4j.transfer.memory.MemoryKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Several masters ({@code mooncake4j master}) whose journal is in an etcd of the test's, and two nodes, each a process of its
 * own that takes signals. What ended is started again in its place. For one thread.
 */
public final class HaCluster implements AutoCloseable {
    /** How long a change of the leader may take at most, its lease included. */
    private static final Duration TAKEOVER = Duration.ofSeconds(30);

    public static final int NODES = 2;

    private static final String COMMAND_LINE = "io.mooncake4j.deploy.cli.Mooncake4j";
    private static final long REGION_BYTES = 16 << 20;

    private final TestDirectory directory = new TestDirectory();
    private final List<ChildProcess> all = new ArrayList<>();
    private final List<ChildProcess> masters = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();
    private final List<ChildProcess> nodes = new ArrayList<>();
    private final List<MooncakeClient> clients = new ArrayList<>();
    private final List<String> ways;
    private final List<String> flags;
    private final long segmentBytes;
    private final Etcd etcd;
    private long ledAnewNanos = System.nanoTime();

    /**
     * @param etcd how the test itself reaches it
     * @param ways to etcd, one a master
     * @param flags of every master
     * @param segmentBytes of each node
     */
    private HaCluster(EtcdOptions etcd, List<String> ways, List<String> flags, long segmentBytes) {
        this.ways = List.copyOf(ways);
        this.flags = List.copyOf(flags);
        this.segmentBytes = segmentBytes;
        this.etcd = JetcdEtcd.open(etcd);
    }

    /** Starts masters and nodes, and waits until they serve. */
    public static HaCluster start(EtcdOptions etcd, List<String> ways, long segmentBytes, String... flags) {
        HaCluster cluster = new HaCluster(etcd, ways, List.of(flags), segmentBytes);
        try {
            for (int i = 0; i < ways.size(); i++) {
                cluster.masters.add(null);
                cluster.ports.add(0);
                String ready = cluster.launchMaster(i).awaitLine("ready:");
                cluster.ports.set(i, Integer.parseInt(ready.substring(ready.lastIndexOf(':') + 1)));
            }
            for (int i = 0; i < NODES; i++) {
                cluster.nodes.add(null);
                cluster.launchNode(i);
            }
            cluster.nodes.forEach(node -> node.awaitLine("mounted"));
            return cluster;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    public String masters() {
        return ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    public ChildProcess master(int index) {
        return masters.get(index);
    }

    public int masterCount() {
        return masters.size();
    }

    /** Starts a master in its place, with more flags than all have, and waits until it can take over. */
    public ChildProcess startMaster(int index, String... more) {
        launchMaster(index, more).awaitLine("ready:");
        return masters.get(index);
    }

    /** The same without waiting. */
    public ChildProcess launchMaster(int index, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "master",
                "--bind-host=127.0.0.1",
                "--rpc-port=" + ports.get(index),
                "--admin-port=0",
                "--journal=etcd",
                "--etcd-endpoints=" + ways.get(index)));
        arguments.addAll(flags);
        arguments.addAll(Arrays.asList(more));
        masters.set(index, start("master-" + index, 512, COMMAND_LINE, arguments));
        return masters.get(index);
    }

    public ChildProcess node(int index) {
        return nodes.get(index);
    }

    /** Starts a node in its place, where its memory is, if that is there, and waits until it is mounted. */
    public ChildProcess startNode(int index) {
        launchNode(index);
        nodes.get(index).awaitLine("mounted");
        return nodes.get(index);
    }

    private void launchNode(int index) {
        nodes.set(
                index,
                process(
                        "node-" + index,
                        NodeMain.class,
                        masters(),
                        "node-" + index,
                        MemoryKind.shm(directory.path()),
                        segmentBytes,
                        REGION_BYTES,
                        NodeNetwork.LOOPBACK.host(),
                        NodeNetwork.LOOPBACK.rdmaDevice()));
    }

    /** Loses the memory of a node that doesn't run. */
    public void deleteMemory(int index) {
        try {
            Files.delete(directory.path().resolve("node-" + index + ".segment"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A process of the tests' own. */
    public ChildProcess process(String name, Class<?> main, Object... arguments) {
        return start(
                name,
                128,
                main.getName(),
                Stream.of(arguments).map(Object::toString).toList());
    }

    /** One put that waits at {@code granted}, {@code half} or {@code placed} for a line; says them as it comes by. */
    public ChildProcess writer(String key, int bytes, String waitAt) {
        return process("writer", WriterMain.class, masters(), key, bytes, waitAt);
    }

    private ChildProcess start(String name, int heapMiB, String main, List<String> arguments) {
        ChildProcess process = ChildProcess.start(
                name,
                directory.path(),
                Map.of(),
                List.of("-Xmx" + heapMiB + "m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main,
                arguments);
        all.add(process);
        return process;
    }

    /** For files of the test. */
    public Path directory() {
        return directory.path();
    }

    /** Closed with the cluster at the latest. */
    public MooncakeClient client(boolean checksums) {
        return client(MooncakeClient.builder().checksums(checksums));
    }

    public MooncakeClient client(MooncakeClientBuilder builder) {
        MooncakeClient client =
                builder.masters(masters()).localBufferBytes(16 << 20).build();
        clients.add(client);
        return client;
    }

    /** Which master has the leader key, as soon as one has. */
    public int leader() {
        return leaderAfter(0);
    }

    /** As soon as a master has it that won it after that term. */
    public int leaderAfter(long term) {
        EtcdEntry key = await("a leader after term " + term)
                .atMost(TAKEOVER)
                .until(
                        this::leaderKey,
                        found -> found.isPresent() && found.get().createRevision() > term)
                .orElseThrow();
        if (term > 0) {
            ledAnewNanos = System.nanoTime();
        }
        String address = new String(key.value(), StandardCharsets.UTF_8).split(" ")[0];
        return ports.indexOf(Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
    }

    /** When {@link #leaderAfter} a term saw the next leader last. */
    public long ledAnewNanos() {
        return ledAnewNanos;
    }

    /** Returns which one it was, when another leads. */
    public int killLeader() {
        long term = term();
        int leader = leader();
        master(leader).kill();
        leaderAfter(term);
        return leader;
    }

    /** The term of the master that has the leader key, as soon as one has. */
    public long term() {
        return await("a leader")
                .atMost(TAKEOVER)
                .until(this::leaderKey, Optional::isPresent)
                .orElseThrow()
                .createRevision();
    }

    /** A master that doesn't lead now. */
    public int standby() {
        return (leader() + 1) % masters.size();
    }

    private Optional<EtcdEntry> leaderKey() {
        try {
            return etcd.range(EtcdRangeQuery.key(Keys.LEADER)).join().entries().stream()
                    .findFirst();
        } catch (CompletionException e) {
            if (e.getCause() instanceof EtcdException) {
                return Optional.empty(); // etcd is out of order just now
            }
            throw e;
        }
    }

    /** How far journal and buckets go. */
    public JournalSeam.Reach reach() {
        return JournalSeam.reach(etcd);
    }

    /** Takes the leader's key away from it. */
    public void deleteLeaderKey() {
        etcd.txn(new EtcdTxn().delete(Keys.LEADER)).join();
    }

    /** The end of what every process printed. */
    public String logs() {
        return all.stream()
                .map(process -> {
                    String printed = process.toString();
                    return printed.substring(Math.max(0, printed.length() - 3000));
                })
                .collect(Collectors.joining("\n----\n"));
    }

    @Override
    public void close() {
        clients.forEach(MooncakeClient::close);
        all.forEach(ChildProcess::close);
        etcd.close();
        directory.close();
    }
}
