package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.rdma.queue.QueueLink;

/** A link that a {@link LinkSource} opened. One thread at a time. */
interface OpenLink extends QueueLink, AutoCloseable {
    /** Destroys the queues: no memory is touched by them any more when it returns. May be called again. */
    @Override
    void close();
}
