package io.mooncake4j.deploy.rdma;

import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.TestDirectory;
import io.mooncake4j.deploy.soak.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;

/** A process that puts over RDMA what it is told to. One for many tests, since its start takes long; after its death another. */
final class Writer implements AutoCloseable {
    private static final int SECONDS = 60;
    private static final String RAN = "ran ";

    private final TestDirectory directory = new TestDirectory();
    private final TestDevice device;
    /** Sends SIGSTOP sooner than a program could be started that does. */
    private final Process stopper;

    private ChildProcess process;

    Writer(TestDevice device) {
        this.device = device;
        try {
            stopper = new ProcessBuilder("bash", "-c", "while read -r pid; do kill -STOP $pid; done").start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without waiting until it has stopped. */
    void stopAtOnce() {
        try {
            stopper.getOutputStream().write((process.pid() + "\n").getBytes(StandardCharsets.US_ASCII));
            stopper.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a process unless there is one, without waiting for it. */
    void prepare() {
        if (process == null) {
            process = TestCluster.process(directory.path(), Map.of(), "writer", RdmaClientMain.class, device.name());
        }
    }

    /** Turns to a store, each of them once. */
    void connect(TestCluster store, boolean flush) {
        prepare();
        process.say("connect " + store.masters() + " " + flush);
        process.awaitLine(store.masters());
    }

    /** Lets it begin a put. */
    void put(String key, long version, int bytes) {
        process.say(key + " " + version + " " + bytes + " " + SECONDS);
    }

    /** How often it has tried to move a value. */
    long runs() {
        return ran().count();
    }

    /** How one of those tries ended. */
    String run(long number) {
        return ran().skip(number).findFirst().orElseThrow();
    }

    private Stream<String> ran() {
        return process.printed().lines().filter(line -> line.startsWith(RAN)).map(line -> line.substring(RAN.length()));
    }

    ChildProcess process() {
        return process;
    }

    /** SIGKILL. */
    void kill() {
        process.kill();
        process = null;
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
        stopper.destroy();
        directory.close();
    }
}
