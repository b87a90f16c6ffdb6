package io.mooncake4j.deploy.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.cluster.HaCluster;
import io.mooncake4j.deploy.cluster.LoadMain;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.deploy.history.History;
import io.mooncake4j.deploy.history.HistoryChecker;
import io.mooncake4j.deploy.history.Operation;
import io.mooncake4j.deploy.history.Operation.Kind;
import io.mooncake4j.deploy.history.Operation.Outcome;
import io.mooncake4j.deploy.history.Outage;
import io.mooncake4j.deploy.soak.ChildProcess;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Puts, gets and removals without rest by two processes, one with checksums and one without, while faults happen. After
 * each fault everything that was answered since the start, and what every key holds then, is checked.
 */
final class CheckedLoad {
    private static final Duration PROGRESS = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofSeconds(40);
    /** Its deadline, and what a machine without a free core adds. */
    private static final Duration LONGEST_CALL = LoadMain.TIMEOUT.plusSeconds(2);

    private static final int STEP = 50;
    private static final int MOST_FAILURES = 10;

    private record Loader(String prefix, ChildProcess process, Path history, MooncakeClient auditor) {
        long count(int column) {
            String said = process.lastLine("progress");
            return said.isEmpty() ? 0 : Long.parseLong(said.split(" ")[column]);
        }
    }

    private final HaCluster cluster;
    private final List<Loader> loaders = new ArrayList<>();
    private final List<Outage> outages = new ArrayList<>();
    /** Reads of this process. */
    private final List<Operation> audits = new ArrayList<>();

    private int pauses;
    private long checkedNanos;

    private CheckedLoad(HaCluster cluster) {
        this.cluster = cluster;
    }

    /** Waits until it goes. The cluster ends it. */
    static CheckedLoad start(HaCluster cluster) {
        CheckedLoad load = new CheckedLoad(cluster);
        for (boolean checksums : List.of(true, false)) {
            String prefix = checksums ? "with" : "without";
            Path history = cluster.directory().resolve("history-" + prefix);
            ChildProcess process =
                    cluster.process("load-" + prefix, LoadMain.class, cluster.masters(), prefix, checksums, history);
            load.loaders.add(new Loader(prefix, process, history, cluster.client(checksums)));
        }
        load.awaitProgress();
        load.checkedNanos = System.nanoTime(); // how long calls take while the processes start is no fault's doing
        return load;
    }

    /** Each process has stored and found more values. */
    void awaitProgress() {
        for (Loader loader : loaders) {
            for (int column : List.of(0, 1)) {
                long until = loader.count(column) + STEP;
                await("progress of load " + loader.prefix())
                        .atMost(PROGRESS)
                        .until(() -> loader.count(column) >= until);
            }
        }
    }

    /**
     * Lets a fault happen and checks everything once the load goes again.
     *
     * @param fault returns when all is healed, so that nothing is excused any more
     */
    Seen during(String what, Outage.Allows allows, Runnable fault) {
        return during(what, () -> allows, fault);
    }

    /** The same where only the fault shows what is excused. */
    Seen during(String what, Supplier<Outage.Allows> allows, Runnable fault) {
        try {
            long begunNanos = System.nanoTime();
            fault.run();
            outages.add(outage(allows.get(), begunNanos));
            awaitProgress();
            return check(what);
        } catch (RuntimeException | Error e) {
            System.err.println(cluster.logs());
            throw e;
        }
    }

    /** What the next leader has acknowledged it doesn't forget; where it wasn't looked for, all may be its predecessor's. */
    private Outage outage(Outage.Allows allows, long begunNanos) {
        boolean nextIsKnown = allows == Outage.Allows.FORGETTING_THE_TAIL && cluster.ledAnewNanos() - begunNanos > 0;
        return new Outage(allows, begunNanos, nextIsKnown ? cluster.ledAnewNanos() : System.nanoTime());
    }

    /** Lets the calls that are running end; then nothing is called. To be followed by {@link #resume}. */
    void pause() {
        pauses++;
        String name = "paused-" + pauses;
        loaders.forEach(loader -> loader.process().say("pause " + name));
        loaders.forEach(loader -> await("pause of load " + loader.prefix())
                .atMost(PAUSE)
                .until(() -> !loader.process().lastLine(name).isEmpty()));
    }

    void resume() {
        loaders.forEach(loader -> loader.process().say("go"));
    }

    /** As fast as masters, etcd and nodes on the same machine bear it. To be followed by {@link #slow}. */
    void fast() {
        loaders.forEach(loader -> loader.process().say("fast"));
    }

    void slow() {
        loaders.forEach(loader -> loader.process().say("slow"));
    }

    /** When, after a moment, the first of the puts that began after it was acknowledged. For a load that pauses. */
    long firstPutAfter(long nanos) {
        return operations().stream()
                .filter(each -> each.is(Kind.PUT, Outcome.DONE) && each.begunNanos() - nanos > 0)
                .mapToLong(Operation::endedNanos)
                .min()
                .orElseThrow();
    }

    private List<Operation> operations() {
        return loaders.stream()
                .flatMap(loader -> History.read(loader.history()).stream())
                .toList();
    }

    private Seen check(String what) {
        pause();
        List<Operation> operations = new ArrayList<>(operations());
        Seen seen = Seen.of(
                what,
                operations.stream()
                        .filter(each -> each.endedNanos() - checkedNanos > 0)
                        .toList());
        System.out.println(seen);
        operations.stream()
                .filter(each -> each.outcome() == Outcome.UNKNOWN && each.endedNanos() - checkedNanos > 0)
                .limit(MOST_FAILURES)
                .forEach(each -> System.out.println(
                        "  " + timeOfDay(each.begunNanos()) + " " + timeOfDay(each.endedNanos()) + " " + each));
        loaders.forEach(this::audit);
        operations.addAll(audits);
        assertThat(new HistoryChecker(outages, LONGEST_CALL).objections(operations))
                .as("after %s", seen)
                .isEmpty();
        checkedNanos = System.nanoTime();
        resume();
        return seen;
    }

    private static LocalTime timeOfDay(long nanos) {
        return LocalTime.now(ZoneId.systemDefault()).plusNanos(nanos - System.nanoTime());
    }

    private void audit(Loader loader) {
        for (int i = 0; i < LoadMain.KEYS; i++) {
            String key = LoadMain.key(loader.prefix(), i);
            long begunNanos = System.nanoTime();
            Optional<byte[]> found = loader.auditor().get(key);
            audits.add(Operation.of(
                    Kind.READ,
                    key,
                    found.map(bytes -> version(key, ByteBuffer.wrap(bytes))).orElse(0L),
                    found.isPresent() ? Outcome.DONE : Outcome.NOTHING,
                    begunNanos,
                    System.nanoTime()));
        }
    }

    private static long version(String key, ByteBuffer value) {
        return VersionedValue.objection(key, value).isEmpty() ? VersionedValue.version(value) : -1;
    }

    /** Ends the processes, which must not have seen a wrong byte or checksum. */
    void end() {
        loaders.forEach(loader -> loader.process().say("end"));
        loaders.forEach(loader -> loader.process().awaitLine("right"));
    }
}
