package io.mooncake4j.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Keys and latencies of the calls that end between a warm-up and the end. Safe for all threads. */
final class Measurement {
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LongAdder keys = new LongAdder();
    private final Histogram nanos = new ConcurrentHistogram(LONGEST_NANOS, 3);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final LongSupplier allocatedBytes;
    private volatile boolean measuring;
    private volatile boolean over;
    private long measuredNanos;
    private long measuredBytes;

    /** @param allocatedBytes by the master so far */
    Measurement(LongSupplier allocatedBytes) {
        this.allocatedBytes = allocatedBytes;
    }

    /** Waits for as long as it takes; it ends early after a failure, and late until there is enough. */
    void take(LoadTimes times, BooleanSupplier enough) throws InterruptedException {
        Thread.sleep(times.warmUp().toMillis());
        long bytesBefore = allocatedBytes.getAsLong();
        long start = System.nanoTime();
        measuring = true;
        do {
            Thread.sleep(times.measured().toMillis());
        } while (!enough.getAsBoolean() && failure.get() == null);
        measuring = false;
        measuredNanos = System.nanoTime() - start;
        measuredBytes = allocatedBytes.getAsLong() - bytesBefore;
        over = true;
    }

    void ended(@Nullable Integer keyCount, @Nullable Throwable problem, long callNanos) {
        if (problem != null || keyCount == null) {
            failure.compareAndSet(null, problem);
        } else if (measuring) {
            keys.add(keyCount);
            nanos.recordValue(Math.min(LONGEST_NANOS, callNanos));
        }
    }

    boolean over() {
        return over || failure.get() != null;
    }

    /** @throws IllegalStateException if a call failed */
    void requireSuccess() {
        Throwable first = failure.get();
        if (first != null) {
            throw new IllegalStateException("a call failed", first);
        }
    }

    double keysPerSecond() {
        return keys.sum() * 1e9 / measuredNanos;
    }

    double allocatedBytesPerKey() {
        return (double) measuredBytes / keys.sum();
    }

    /** Latency of a call, at that percentile. */
    double micros(double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e3;
    }
}
