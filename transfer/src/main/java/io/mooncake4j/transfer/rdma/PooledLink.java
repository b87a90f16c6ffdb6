package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.pool.Pooled;
import io.mooncake4j.transfer.rdma.queue.LinkPath;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/** A link in the pool of a client. One thread at a time, and the pool's lock. */
final class PooledLink implements Pooled<LinkKey> {
    private final LinkKey key;
    private final OpenLink link;
    private final LinkPath path;
    private final long idleNanos;
    private final LongAdder queuePairs;
    private final AtomicBoolean closed = new AtomicBoolean();
    private long idleSinceNanos;
    private boolean pooled;

    /**
     * @param idleNanos how long it may wait
     * @param queuePairs where its own are counted until it is closed
     */
    PooledLink(LinkKey key, OpenLink link, LinkPath path, long idleNanos, LongAdder queuePairs) {
        this.key = key;
        this.link = link;
        this.path = path;
        this.idleNanos = idleNanos;
        this.queuePairs = queuePairs;
        queuePairs.add(link.queues());
    }

    LinkPath path() {
        return path;
    }

    /** Whether it has waited in the pool, so that the node may have ended it since. */
    boolean pooled() {
        return pooled;
    }

    /** Whether it is the node that ended it. Costs one system call. */
    boolean endedByNode() {
        return link.isStale();
    }

    @Override
    public LinkKey peer() {
        return key;
    }

    @Override
    public void idleSince(long nowNanos) {
        pooled = true;
        idleSinceNanos = nowNanos;
    }

    @Override
    public boolean retired(long nowNanos) {
        return nowNanos - idleSinceNanos >= idleNanos || link.isStale();
    }

    void close() {
        link.close();
        if (!closed.getAndSet(true)) {
            queuePairs.add(-link.queues());
        }
    }
}
