package io.mooncake4j.deploy.cluster;

import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.ClientSeams;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.history.History;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Supplier;

/** Writers and readers that never rest, on keys that change and memory too small for them: every read is checked. */
public final class Load implements AutoCloseable {
    /**
     * @param keys of which each writer owns some, and all writers share the rest
     * @param largestBytes of a value; most are far smaller
     * @param kept whether values are pinned and never removed
     */
    public record Shape(
            int writers, int readers, int keys, int largestBytes, int replicas, boolean kept, boolean checksums) {
        /** 8 writers and 8 readers. */
        public static Shape of(boolean checksums) {
            return new Shape(8, 8, 1500, 128 << 10, 1, false, checksums);
        }

        public Shape withKeys(int number, int largest) {
            return new Shape(writers, readers, number, largest, replicas, kept, checksums);
        }

        public Shape withReplicas(int number) {
            return new Shape(writers, readers, keys, largestBytes, number, kept, checksums);
        }

        public Shape withKept() {
            return new Shape(writers, readers, keys, largestBytes, replicas, true, checksums);
        }
    }

    private static final Duration GOING = Duration.ofSeconds(40);
    /**
     * Between the steps of a thread: room for those who are tested; and objects that are always read are always leased.
     */
    record Pace(Duration writers, Duration readers) {
        static final Pace FAST = new Pace(Duration.ofMillis(1), Duration.ofMillis(3));
        /** Masters, etcd and nodes on the same two cores shall not starve. */
        static final Pace SLOW = new Pace(Duration.ofMillis(10), Duration.ofMillis(10));
    }

    private final LoadKeys keys;
    private final Tally tally = new Tally();
    private final List<MooncakeClient> clients;
    private final List<Thread> threads = new ArrayList<>();
    /** A step holds it for reading; who pauses the load, for writing. */
    private final ReentrantReadWriteLock going = new ReentrantReadWriteLock();

    private volatile boolean stopped;
    private volatile Pace pace;

    private Load(Shape shape, Pace pace, String prefix, History history, List<MooncakeClient> clients) {
        this.pace = pace;
        this.clients = clients;
        this.keys = new LoadKeys(prefix, shape.keys(), shape.writers());
        for (int i = 0; i < shape.writers(); i++) {
            LoadWriter writer = new LoadWriter(i, shape, keys, clients.get(i % clients.size()), tally, history);
            threads.add(new Thread(() -> repeat(writer::step, Pace::writers), "load-writer-" + i));
        }
        for (int i = 0; i < shape.readers(); i++) {
            LoadReader reader = new LoadReader(shape, keys, clients.get(i % clients.size()), tally, history);
            threads.add(new Thread(() -> repeat(reader::step, Pace::readers), "load-reader-" + i));
        }
    }

    /** The clients stay the caller's, who closes them after this. */
    public static Load start(Shape shape, MooncakeClient... clients) {
        return start(shape, Pace.FAST, "load", History.none(), List.of(clients));
    }

    /** @param prefix of its keys, which no other load on that store has */
    static Load start(Shape shape, Pace pace, String prefix, History history, List<MooncakeClient> clients) {
        Load load = new Load(shape, pace, prefix, history, clients);
        load.threads.forEach(Thread::start);
        return load;
    }

    /** Waits until every call has ended; then none begins. To be followed by {@link #resume}, by the same thread. */
    void pause() {
        going.writeLock().lock();
    }

    void resume() {
        going.writeLock().unlock();
    }

    void go(Pace at) {
        pace = at;
    }

    /** From now on calls may fail. */
    public void faultBegins() {
        tally.faultBegins();
    }

    /** The fault is healed; once the recovery time has passed, which this waits for, calls must not fail any more. */
    public void faultHealed(Duration recovery) {
        long overNanos = System.nanoTime() + recovery.toNanos();
        await().atMost(recovery.plusSeconds(10)).until(() -> System.nanoTime() - overNanos >= 0);
        tally.faultEnds();
    }

    /** Waits until so many values more were stored and so many more found. */
    public void awaitProgress(long stores, long hits) {
        awaitRise(() -> tally.stores.sum(), stores);
        awaitRise(() -> tally.hits.sum(), hits);
    }

    private static void awaitRise(Supplier<Long> count, long by) {
        long until = count.get() + by;
        await().atMost(GOING).until(() -> count.get() >= until);
    }

    public Tally tally() {
        return tally;
    }

    /** Stops and joins every thread, and says what they have seen. */
    public Tally stop() {
        stopped = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while load was stopping", e);
        }
        tally.mismatches =
                clients.stream().mapToLong(ClientSeams::checksumMismatches).sum();
        return tally;
    }

    @Override
    public void close() {
        stop();
    }

    /** Interrupts one of the threads; the call that it is in ends early. */
    public void interruptOne() {
        threads.get(ThreadLocalRandom.current().nextInt(threads.size())).interrupt();
    }

    private void repeat(Runnable step, Function<Pace, Duration> pause) {
        try {
            while (!stopped) {
                going.readLock().lock();
                try {
                    step.run();
                } finally {
                    going.readLock().unlock();
                }
                LockSupport.parkNanos(pause.apply(pace).toNanos());
                boolean unused = Thread.interrupted();
            }
        } catch (RuntimeException | Error e) {
            tally.wrong("a load thread failed", e);
        }
    }
}
