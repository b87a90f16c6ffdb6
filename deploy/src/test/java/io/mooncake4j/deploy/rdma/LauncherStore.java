package io.mooncake4j.deploy.rdma;

import io.mooncake4j.deploy.cluster.TestDirectory;
import io.mooncake4j.deploy.soak.ChildProcess;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A master and two nodes on a device, as an operator starts them: processes of {@code bin/mooncake4j}. */
final class LauncherStore implements AutoCloseable {
    static final String MASTER = "127.0.0.1:50051";
    static final long CAPACITY_BYTES = 2 * (16L << 20);
    private static final int FIRST_DATA_PORT = 50061;
    /** The machine is small and slow: what counts is how fast they start. Later flags win. */
    private static final String JAVA_OPTIONS =
            "-XX:-UseG1GC -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -Xms32m -Xmx128m";

    private final TestDirectory directory = new TestDirectory();
    private final TestDevice device;
    private final List<ChildProcess> processes = new ArrayList<>();
    private final List<ChildProcess> nodes = new ArrayList<>();

    LauncherStore(TestDevice device) {
        this.device = device;
        try {
            ChildProcess master =
                    start("master", "--bind-host", "127.0.0.1", "--rpc-port", "50051", "--read-lease", "3s");
            for (int i = 0; i < 2; i++) {
                nodes.add(start(
                        "node",
                        "--master",
                        MASTER,
                        "--name",
                        "node-" + i,
                        "--host",
                        device.address(),
                        "--data-port",
                        Integer.toString(FIRST_DATA_PORT + i),
                        "--segment-size",
                        "16MB",
                        "--protocol",
                        "rdma",
                        "--rdma-device",
                        device.name()));
            }
            master.awaitLine("ready:");
            nodes.forEach(node -> node.awaitLine("ready:"));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Runs a command that ends by itself, over the device, and returns what it printed. */
    ChildProcess run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--master", MASTER, "--protocol", "rdma", "--rdma-device", device.name()));
        return start(all.toArray(String[]::new));
    }

    List<Long> nodePids() {
        return nodes.stream().map(ChildProcess::pid).toList();
    }

    private ChildProcess start(String... arguments) {
        List<String> command = new ArrayList<>(List.of(launcher()));
        command.addAll(List.of(arguments));
        ChildProcess process = ChildProcess.start(
                arguments[0], directory.path(), Map.of("MOONCAKE4J_JAVA_OPTS", JAVA_OPTIONS), command);
        processes.add(process);
        return process;
    }

    /** Of the source tree that these classes are from. */
    private static String launcher() {
        try {
            Path classes = Path.of(LauncherStore.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return classes.resolve("../../bin/mooncake4j").normalize().toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        processes.forEach(ChildProcess::close);
        directory.close();
    }

    @Override
    public String toString() {
        return processes.toString();
    }
}
