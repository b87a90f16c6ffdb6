package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.rdma.connect.Insistently;
import io.mooncake4j.transfer.rdma.connect.OutgoingLink;
import io.mooncake4j.transfer.rdma.verbs.CompletionQueue;
import io.mooncake4j.transfer.rdma.verbs.DeviceLimits;
import io.mooncake4j.transfer.rdma.verbs.QueuePair;
import io.mooncake4j.transfer.tcp.Leash;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client's queue pairs to one node, the completion queue that they share, and the connection on which they hang. One
 * thread at a time.
 */
final class Link implements AutoCloseable {
    private final LinkKey key;
    private final OutgoingLink outgoing;
    private final CompletionQueue completions;
    private final DeviceLimits limits;
    private final int depth;
    private @Nullable Leash leash;
    private RegionTable regions = RegionTable.NONE;

    Link(LinkKey key, OutgoingLink outgoing, CompletionQueue completions, DeviceLimits limits, int depth) {
        this.key = key;
        this.outgoing = outgoing;
        this.completions = completions;
        this.limits = limits;
        this.depth = depth;
    }

    /**
     * Takes what the node says once all queue pairs are there.
     *
     * @param held owned from now on
     */
    void ready(Leash held, RegionTable table) {
        leash = held;
        regions = table;
    }

    LinkKey key() {
        return key;
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
        return leash == null || leash.ended();
    }

    /**
     * Destroys the queue pairs: no memory is touched by them any more when it returns. Takes as long as the device does.
     * Idempotent.
     */
    @Override
    public void close() {
        Insistently.destroy(this::destroy, "queue pairs to node " + key + " can't be destroyed, so their memory stays");
    }

    private void destroy() throws IOException {
        if (leash != null) {
            leash.close();
        }
        outgoing.close();
        completions.close();
    }
}
