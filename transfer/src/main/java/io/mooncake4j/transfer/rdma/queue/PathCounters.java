package io.mooncake4j.transfer.rdma.queue;

import java.util.concurrent.atomic.LongAdder;

/** What links have moved since the start. Safe for all threads. */
public final class PathCounters {
    final LongAdder ops = new LongAdder();
    final LongAdder readBytes = new LongAdder();
    final LongAdder writtenBytes = new LongAdder();
    final LongAdder copiedBytes = new LongAdder();

    /** Operations done. */
    public long ops() {
        return ops.sum();
    }

    /** Payload of the reads that are done. */
    public long readBytes() {
        return readBytes.sum();
    }

    /** Payload of the writes that are done. */
    public long writtenBytes() {
        return writtenBytes.sum();
    }

    /** Payload that was copied to or from the pool, since its buffers lie outside. */
    public long copiedBytes() {
        return copiedBytes.sum();
    }
}
