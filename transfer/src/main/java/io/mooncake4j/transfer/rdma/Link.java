package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.rdma.cm.OutgoingLink;
import io.mooncake4j.transfer.rdma.verbs.CompletionQueue;
import io.mooncake4j.transfer.rdma.verbs.DeviceLimits;
import io.mooncake4j.transfer.rdma.verbs.QueuePair;
import io.mooncake4j.transfer.tcp.Leash;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's queue pairs to one node, the completion queue that they share, and the connection on which they hang. One
 * thread at a time.
 */
final class Link implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LinkKey key;
    private final Leash leash;
    private final OutgoingLink outgoing;
    private final CompletionQueue completions;
    private final DeviceLimits limits;
    private final int depth;
    private RegionTable regions = RegionTable.NONE;

    Link(LinkKey key, Leash leash, OutgoingLink outgoing, CompletionQueue completions, DeviceLimits limits, int depth) {
        this.key = key;
        this.leash = leash;
        this.outgoing = outgoing;
        this.completions = completions;
        this.limits = limits;
        this.depth = depth;
    }

    /** Takes what the node says once all queue pairs are there. */
    void ready(RegionTable table) {
        regions = table;
    }

    LinkKey key() {
        return key;
    }

    /** To connect queue pairs by. */
    OutgoingLink outgoing() {
        return outgoing;
    }

    List<QueuePair> queuePairs() {
        return outgoing.queuePairs();
    }

    /** Of all queue pairs; has room for everything that may be outstanding. */
    CompletionQueue completions() {
        return completions;
    }

    /** How many work requests a queue pair is to hold; it may be granted fewer. */
    int depth() {
        return depth;
    }

    /** Of our device. */
    DeviceLimits limits() {
        return limits;
    }

    int regions() {
        return regions.count();
    }

    /** Of a region's first byte, at the node. */
    long regionAddress(int region) {
        return regions.addresses()[region];
    }

    long regionBytes(int region) {
        return regions.lengths()[region];
    }

    int regionKey(int region) {
        return regions.keys()[region];
    }

    /** Whether the node has ended it: then the queue pairs are of no use, or soon will be. Costs one system call. */
    boolean isStale() {
        return leash.ended();
    }

    /**
     * Destroys the queue pairs: no memory is touched by them any more when it returns. Takes as long as the device does.
     * Idempotent.
     */
    @Override
    public void close() {
        boolean interrupted = false;
        for (int tries = 0; !destroyed(tries == 0); tries++) {
            interrupted |= Thread.interrupted(); // else nothing would wait
            LockSupport.parkNanos(AGAIN_NANOS);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean destroyed(boolean tell) {
        try {
            leash.close();
            outgoing.close();
            completions.close();
            return true;
        } catch (Throwable e) { // whatever it is, the device may still use our memory
            if (tell) {
                LOG.error("queue pairs to node {} can't be destroyed, so their memory stays", key, e);
            }
            return false;
        }
    }
}
