package io.mooncake4j.deploy.load;

import io.mooncake4j.deploy.load.BenchOptions.Operation;
import io.mooncake4j.deploy.load.BlockStore.Outcome;
import io.mooncake4j.deploy.load.BlockStore.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Threads that put or get equal values as fast as they can, for a warm-up and then for a measured time. Puts always make
 * new keys; gets go round a set of keys that {@link #prepare} wrote.
 */
public final class Bench implements AutoCloseable {
    private static final long LONGEST_NANOS = 600_000_000_000L;

    private enum Phase {
        WARMUP,
        MEASURED,
        OVER
    }

    private final BenchOptions options;
    private final List<BlockStore> stores = new ArrayList<>();
    private final AtomicLong nextKey = new AtomicLong();
    private final LongAdder keys = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder wrongBytes = new LongAdder();
    private final AtomicReference<String> firstFailure = new AtomicReference<>("");
    private final Histogram callNanos = new ConcurrentHistogram(LONGEST_NANOS, 3);
    private volatile Phase phase = Phase.WARMUP;

    /** @param stores gives every thread its own, with as many slots as a batch has keys; {@link #close} closes them */
    public Bench(BenchOptions options, Supplier<? extends BlockStore> stores) {
        this.options = options;
        for (int i = 0; i < options.threads(); i++) {
            this.stores.add(stores.get());
        }
    }

    /** Writes the keys that gets choose from. Throws with the reason if one can't be written. */
    public void prepare() {
        BlockStore store = stores.get(0);
        for (int done = 0; done < options.keys(); ) {
            List<String> batch = new ArrayList<>();
            for (int i = 0; i < Math.min(store.slots(), options.keys() - done); i++) {
                String key = options.key(done + i);
                pattern(key).fill(store.slot(i), 0);
                batch.add(key);
            }
            for (Result result : store.write(batch)) {
                if (result.outcome() != Outcome.DONE) {
                    throw new IllegalStateException("can't write the keys to get: " + result.reason());
                }
            }
            done += batch.size();
        }
    }

    /**
     * Runs warm-up and measured time, once.
     *
     * @param atStartAndEnd called as the measured time begins and as it ends, to read other clocks
     */
    public BenchResult run(Runnable atStartAndEnd) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (BlockStore store : stores) {
            Thread thread = new Thread(() -> work(store), "bench-" + threads.size());
            threads.add(thread);
            thread.start();
        }
        Thread.sleep(options.warmup().toMillis());
        atStartAndEnd.run();
        long start = System.nanoTime();
        phase = Phase.MEASURED;
        Thread.sleep(options.duration().toMillis());
        atStartAndEnd.run();
        long nanos = System.nanoTime() - start;
        phase = Phase.OVER;
        for (Thread thread : threads) {
            thread.join();
        }
        return new BenchResult(
                keys.sum(),
                keys.sum() * options.blockBytes(),
                nanos,
                callNanos,
                failed.sum(),
                wrongBytes.sum(),
                Objects.requireNonNull(firstFailure.get()));
    }

    private void work(BlockStore store) {
        boolean get = options.operation() == Operation.GET;
        for (int i = 0; i < options.batch(); i++) {
            pattern(options.key(i)).fill(store.slot(i), 0);
        }
        for (long call = 0; phase != Phase.OVER; call++) {
            List<String> batch = nextKeys(get);
            long start = System.nanoTime();
            String failure = outcome(store, batch, get);
            long took = System.nanoTime() - start;
            if (failure != null) {
                failed.increment();
                firstFailure.compareAndSet("", failure);
            } else if (get && call % options.checkEvery() == 0) {
                check(store, batch);
            }
            if (phase == Phase.MEASURED && failure == null) {
                keys.add(batch.size());
                callNanos.recordValue(Math.min(took, LONGEST_NANOS));
            }
        }
    }

    private static @org.jspecify.annotations.Nullable String outcome(
            BlockStore store, List<String> batch, boolean get) {
        try {
            for (Result result : get ? store.read(batch) : store.write(batch)) {
                if (result.outcome() != Outcome.DONE) {
                    return result.outcome() == Outcome.MISS ? "a key was evicted" : result.reason();
                }
            }
            return null;
        } catch (RuntimeException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private List<String> nextKeys(boolean get) {
        long first = nextKey.getAndAdd(options.batch());
        List<String> batch = new ArrayList<>(options.batch());
        for (int i = 0; i < options.batch(); i++) {
            batch.add(get ? options.key((first + i) % options.keys()) : options.key(first + i));
        }
        return batch;
    }

    private void check(BlockStore store, List<String> batch) {
        for (int i = 0; i < batch.size(); i++) {
            ValuePattern.Mismatch mismatch = pattern(batch.get(i)).verify(store.slot(i), 0);
            if (mismatch != null) {
                wrongBytes.add(mismatch.wrongBytes());
            }
        }
    }

    private ValuePattern pattern(String key) {
        return ValuePattern.of(key, 0, options.blockBytes());
    }

    @Override
    public void close() {
        phase = Phase.OVER;
        stores.forEach(BlockStore::close);
    }
}
