package io.mooncake4j.transfer.metrics;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Counts sizes by fixed bounds. Safe for all threads. */
public final class SizeHistogram implements Distribution {
    private final long[] boundsBytes;
    private final AtomicLongArray counts;
    private final LongAdder bytes = new LongAdder();

    /** @param boundsBytes ascending; each counts what is as large or smaller */
    public SizeHistogram(long... boundsBytes) {
        this.boundsBytes = boundsBytes.clone();
        this.counts = new AtomicLongArray(boundsBytes.length + 1);
    }

    public void record(long sizeBytes) {
        int bound = 0;
        while (bound < boundsBytes.length && sizeBytes > boundsBytes[bound]) {
            bound++;
        }
        counts.getAndIncrement(bound);
        bytes.add(sizeBytes);
    }

    /** Takes in what another one with the same bounds has counted. */
    public void add(SizeHistogram other) {
        for (int i = 0; i < counts.length(); i++) {
            counts.getAndAdd(i, other.counts.get(i));
        }
        bytes.add(other.bytes.sum());
    }

    @Override
    public double[] bounds() {
        double[] bounds = new double[boundsBytes.length];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = boundsBytes[i];
        }
        return bounds;
    }

    @Override
    public long[] counts() {
        long[] all = new long[counts.length()];
        for (int i = 0; i < all.length; i++) {
            all[i] = counts.get(i);
        }
        return all;
    }

    @Override
    public double sum() {
        return bytes.sum();
    }
}
