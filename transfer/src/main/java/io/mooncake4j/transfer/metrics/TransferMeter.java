package io.mooncake4j.transfer.metrics;

import java.util.concurrent.atomic.LongAdder;

/** Bytes that were moved in one direction, and how long it took. Safe for all threads. */
public final class TransferMeter {
    private final LongAdder bytes = new LongAdder();
    private final LatencyHistogram time = new LatencyHistogram();

    public void moved(long movedBytes, long nanos) {
        bytes.add(movedBytes);
        time.record(nanos);
    }

    public long bytes() {
        return bytes.sum();
    }

    /** Of each request. */
    public LatencyHistogram time() {
        return time;
    }
}
