package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.rdma.queue.LocalMemory;
import io.mooncake4j.transfer.wire.Deadline;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where a client's links come from. Safe for all threads. */
interface LinkSource extends AutoCloseable {
    /**
     * This process's memory as all its links see it.
     *
     * @throws IOException saying why it can't be used and what would change that
     */
    LocalMemory memory() throws IOException;

    /**
     * Opens a link for the session of the target's token; blocks until the deadline at the longest.
     *
     * @throws IOException if the node can't be reached; the message says why and what to do
     * @throws io.mooncake4j.transfer.wire.StoreException if the node refuses, with its code and reason; RPC_TIMEOUT
     */
    OpenLink open(SegmentTarget target, Deadline deadline) throws IOException;

    /** Why no link of it is of use any more, whose cause is on this side; null as long as they are. Costs next to nothing. */
    @Nullable
    String lost();

    /** To be called when all its links are closed. */
    @Override
    void close();
}
