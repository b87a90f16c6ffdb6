package io.mooncake4j.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.client.ClientSeams;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.MooncakeClientBuilder;
import io.mooncake4j.client.RawClient;
import io.mooncake4j.deploy.soak.ChildProcess;
import io.mooncake4j.master.service.MasterSeams;
import io.mooncake4j.master.service.MasterServer;
import io.mooncake4j.master.service.MasterStatus;
import io.mooncake4j.node.NodeOptions;
import io.mooncake4j.node.NodeSeams;
import io.mooncake4j.node.OnStop;
import io.mooncake4j.node.StorageNode;
import io.mooncake4j.transfer.memory.MemoryKind;
import io.mooncake4j.transfer.safety.SafetyRules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A whole store in the tests' own process. After each test it is cross-checked and cleaned away. */
public final class TestCluster implements AfterEachCallback {
    private static final Duration MOUNT = Duration.ofSeconds(60);

    private final TestDirectory directory = new TestDirectory();
    private final Deque<AutoCloseable> clients = new ArrayDeque<>();
    private final List<StorageNode> nodes = new ArrayList<>();
    private final List<ChildProcess> processes = new ArrayList<>();
    private ClusterPlan plan = ClusterPlan.DEFAULT;
    private Map<String, String> environment = Map.of();
    private MasterServer master;
    private int masterPort;

    public TestCluster start(ClusterPlan how) {
        plan = how;
        master = MasterSeams.start(how.master(), how.masterRules());
        masterPort = master.port();
        for (int i = 0; i < how.nodes(); i++) {
            addNode("node-" + i);
        }
        nodes.forEach(TestCluster::awaitMounted);
        return this;
    }

    public static void awaitMounted(StorageNode node) {
        assertThat(node.awaitMounted(MOUNT)).as(node.name() + " is mounted").isTrue();
    }

    /** A further node; of a name that was used before: what came of that one's memory. */
    public StorageNode addNode(String name) {
        NodeOptions.Builder options = NodeOptions.builder()
                .masters(masters())
                .name(name)
                .dataPort(0)
                .segmentBytes(plan.segmentBytes())
                .regionBytes(plan.regionBytes())
                .memory(MemoryKind.shm(directory.path()))
                .onStop(OnStop.SUSPEND);
        plan.network().of(options);
        StorageNode node = StorageNode.start(
                NodeSeams.rulesAndHook(options, plan.nodeRules(), plan.hook()).build());
        nodes.add(node);
        return node;
    }

    public StorageNode node(int index) {
        return nodes.get(index);
    }

    /** Where segments have their files. */
    public Path memoryDirectory() {
        return directory.path();
    }

    /** Loses the memory of a node that doesn't run. */
    public void deleteMemory(String nodeName) {
        try {
            Files.delete(directory.path().resolve(nodeName + ".segment"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String masters() {
        return "127.0.0.1:" + masterPort;
    }

    public MasterView master() {
        return new MasterView(master.core());
    }

    /** What administration sees of the master. */
    public MasterStatus status() {
        return master.status();
    }

    /** The master stops; another one, of a new cluster, starts in its place. */
    public void replaceMaster() {
        master.close();
        master = MasterSeams.start(plan.master().withAddress("127.0.0.1", masterPort), plan.masterRules());
    }

    /** As {@link #start}, with every node a process of its own. */
    public List<ChildProcess> startWithNodeProcesses(ClusterPlan how) {
        start(how.withNodes(0, how.segmentBytes(), how.regionBytes()));
        return nodeProcesses(how.nodes());
    }

    /** Nothing runs in this process: master and nodes are processes of their own. The first one is the master. */
    public List<ChildProcess> startAsProcesses(ClusterPlan how) {
        plan = how;
        List<ChildProcess> all = new ArrayList<>();
        all.add(masterProcess());
        all.addAll(nodeProcesses(how.nodes()));
        return all;
    }

    /** A clock for the processes that start from now on. */
    public SteppedClock steppedClock() {
        SteppedClock clock = new SteppedClock(directory.path());
        environment = clock.environment();
        return clock;
    }

    /** A master; a second one comes where the first was. */
    public ChildProcess masterProcess() {
        ChildProcess process = process(
                "master",
                MasterMain.class,
                MasterMain.arguments(masterPort, plan.master().times()));
        masterPort = Integer.parseInt(process.awaitLine("serving"));
        return process;
    }

    private List<ChildProcess> nodeProcesses(int number) {
        List<ChildProcess> started = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            started.add(nodeProcess("node-" + i));
        }
        started.forEach(node -> node.awaitLine("mounted"));
        return started;
    }

    /** A node whose memory is a file, which a second one of the same name takes over. */
    public ChildProcess nodeProcess(String name) {
        return nodeProcess(name, MemoryKind.shm(directory.path()));
    }

    public ChildProcess nodeProcess(String name, MemoryKind memory) {
        return nodeProcess(List.of(), name, memory);
    }

    /** @param starter a program with arguments that turns into the one which these are followed by */
    public ChildProcess nodeProcess(List<String> starter, String name, MemoryKind memory) {
        ChildProcess process = process(
                starter,
                directory.path(),
                environment,
                name,
                NodeMain.class,
                masters(),
                name,
                memory,
                plan.segmentBytes(),
                plan.regionBytes(),
                plan.network().host(),
                plan.network().rdmaDevice());
        processes.add(process);
        return process;
    }

    /** One put that waits at {@code granted}, {@code half} or {@code placed} for a line; says them as it comes by. */
    public ChildProcess writerProcess(String key, int bytes, String waitAt) {
        return process("writer-" + waitAt, WriterMain.class, masters(), key, bytes, waitAt);
    }

    /** Writers and readers that never rest, until they get a line. */
    public ChildProcess loadProcess() {
        return process("load", LoadMain.class, masters());
    }

    private ChildProcess process(String name, Class<?> main, Object... arguments) {
        ChildProcess process = process(directory.path(), environment, name, main, arguments);
        processes.add(process);
        return process;
    }

    /** Any program of the tests, which the caller ends. */
    public static ChildProcess process(
            Path directory, Map<String, String> environment, String name, Class<?> main, Object... arguments) {
        return process(List.of(), directory, environment, name, main, arguments);
    }

    private static ChildProcess process(
            List<String> starter,
            Path directory,
            Map<String, String> environment,
            String name,
            Class<?> main,
            Object... arguments) {
        List<String> command = new ArrayList<>(starter);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(NodeNetwork.flagsOfThisJvm());
        command.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        return ChildProcess.start(name, directory, environment, command);
    }

    /** {@code bin/mooncake4j} of this source tree, on a JVM that starts fast; killed at the end. */
    public ChildProcess launcherProcess(String... arguments) {
        List<String> command = new ArrayList<>(List.of(launcher().toString()));
        command.addAll(List.of(arguments));
        String flags = "-XX:-UseG1GC -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:CompileThresholdScaling=10";
        ChildProcess process =
                ChildProcess.start(arguments[0], directory.path(), Map.of("MOONCAKE4J_JAVA_OPTS", flags), command);
        processes.add(process);
        return process;
    }

    private static Path launcher() {
        return Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
                .map(tree -> tree.resolve("deploy/bin/mooncake4j"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("tests run within the source tree"));
    }

    /** A builder for {@link #build}. */
    public MooncakeClientBuilder clientBuilder(boolean checksums) {
        return MooncakeClient.builder().masters(masters()).checksums(checksums).localBufferBytes(16 << 20);
    }

    public MooncakeClient build(MooncakeClientBuilder builder) {
        MooncakeClient client = builder.build();
        clients.push(client);
        return client;
    }

    public MooncakeClient client(boolean checksums) {
        return build(clientBuilder(checksums));
    }

    public MooncakeClient client(boolean checksums, SafetyRules rules) {
        return build(ClientSeams.safetyRules(clientBuilder(checksums), rules));
    }

    public RawClient rawClient() {
        RawClient client = new RawClient(masters());
        clients.push(client);
        return client;
    }

    /** Load on this cluster, by two clients; stopped at the latest when the test ends. */
    public Load load(Load.Shape shape) {
        return load(shape, client(shape.checksums()), client(shape.checksums()));
    }

    public Load load(Load.Shape shape, MooncakeClient... by) {
        Load load = Load.start(shape, by);
        clients.push(load);
        return load;
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        close(context.getExecutionException().isEmpty());
    }

    /** For tests that share one. */
    public void close(boolean passed) throws Exception {
        try {
            while (!clients.isEmpty()) {
                clients.pop().close();
            }
            if (!passed) {
                processes.forEach(process -> System.err.println(process));
            }
            if (passed && master != null && plan.masterRules() == SafetyRules.ALL) {
                master().audit();
            }
        } finally {
            processes.forEach(ChildProcess::close);
            processes.forEach(process -> SteppedClock.clean(process.pid()));
            nodes.forEach(StorageNode::close);
            if (master != null) {
                master.close();
            }
            directory.close();
        }
    }
}
