package io.mooncake4j.transfer.metrics;

import io.mooncake4j.transfer.wire.LatencyBuckets;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Counts durations by the classes of {@link LatencyBuckets}. Safe for all threads. */
public final class LatencyHistogram implements Distribution {
    /** What is told: 16 µs to 34 s, each bound twice the one before. */
    private static final int FIRST_BOUND_BITS = 14;

    private static final int LAST_BOUND_BITS = 35;
    private static final double[] BOUNDS = new double[LAST_BOUND_BITS - FIRST_BOUND_BITS + 1];
    private static final double NANOS = 1e9;

    static {
        for (int i = 0; i < BOUNDS.length; i++) {
            BOUNDS[i] = (1L << (FIRST_BOUND_BITS + i)) / NANOS;
        }
    }

    private final LongAdder nanos = new LongAdder();
    private final AtomicLongArray classes = new AtomicLongArray(LatencyBuckets.COUNT);

    public void record(long durationNanos) {
        classes.getAndIncrement(LatencyBuckets.of(durationNanos));
        nanos.add(durationNanos);
    }

    /** All durations added up. */
    public long totalNanos() {
        return nanos.sum();
    }

    /** How many fell into each class. */
    public long[] classes() {
        long[] counts = new long[LatencyBuckets.COUNT];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = classes.get(i);
        }
        return counts;
    }

    /** In seconds. */
    @Override
    public double[] bounds() {
        return BOUNDS.clone();
    }

    @Override
    public long[] counts() {
        long[] counts = new long[BOUNDS.length + 1];
        int bound = 0;
        for (int i = 0; i < LatencyBuckets.COUNT; i++) {
            while (bound < BOUNDS.length && LatencyBuckets.boundNanos(i) > 1L << (FIRST_BOUND_BITS + bound)) {
                bound++;
            }
            counts[bound] += classes.get(i);
        }
        return counts;
    }

    /** In seconds. */
    @Override
    public double sum() {
        return totalNanos() / NANOS;
    }
}
