package io.mooncake4j.transfer.engine;

import io.mooncake4j.transfer.wire.Deadline;

/** One way to move bytes. Safe for all threads. */
public interface Transport extends AutoCloseable {
    /** Short lower-case name, as in settings and metrics. */
    String name();

    /**
     * Runs all operations against one segment and returns when each has an outcome; fails operations, never throws.
     * After it returned no thread and no device sends from or writes into their buffers. Blocks until the deadline at the longest.
     */
    void run(SegmentTransfer transfer, Deadline deadline);

    @Override
    void close();
}
