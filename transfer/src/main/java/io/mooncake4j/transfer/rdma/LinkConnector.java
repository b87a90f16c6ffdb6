package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.rdma.cm.OutgoingLink;
import io.mooncake4j.transfer.rdma.verbs.CompletionQueue;
import io.mooncake4j.transfer.tcp.Leash;
import io.mooncake4j.transfer.tcp.Leashes;
import io.mooncake4j.transfer.wire.Deadline;
import java.io.IOException;

/** Makes links of one device, each on the thread that wants it. Safe for all threads. */
final class LinkConnector {
    private final RdmaDevice device;
    private final RdmaOptions options;
    private final Leashes leashes;

    LinkConnector(RdmaDevice device, RdmaOptions options) {
        this.device = device;
        this.options = options;
        this.leashes = new Leashes(options.connectTimeout());
    }

    /**
     * A link for the session of the target's token. Blocks until the deadline at the longest, but for the destruction of
     * what was begun in vain, of which nothing is left.
     *
     * @throws IOException if the node can't be reached, over TCP or RDMA; the message says why and what to do
     * @throws io.mooncake4j.transfer.wire.StoreException if the node refuses, with its code and reason; RPC_TIMEOUT;
     *     TRANSFER_FAIL if interrupted
     */
    Link connect(SegmentTarget target, Deadline deadline) throws IOException {
        Deadline due = deadline.orAfterNanos(options.connectTimeout().toNanos());
        Leash leash = leashes.open(target, options.queuePairsPerLink(), due);
        Link link = null;
        boolean ready = false;
        try {
            LinkOffer offer = LinkOffer.decode(leash.offer());
            link = empty(target, leash, offer);
            for (int i = 0; i < offer.queuePairs(); i++) {
                link.outgoing().connect(offer.address(), offer.ticket(), link.depth(), options.inlineBytes(), due);
            }
            link.ready(RegionTable.decode(leash.awaitReady(due)));
            ready = true;
            return link;
        } finally {
            if (link == null) {
                leash.close();
            } else if (!ready) {
                link.close();
            }
        }
    }

    private Link empty(SegmentTarget target, Leash leash, LinkOffer offer) throws IOException {
        int count = offer.queuePairs();
        if (count < 1 || count > options.queuePairsPerLink()) {
            throw new IOException("the node offers " + count + " queue pairs");
        }
        int depth = Math.min(
                Math.min(options.maxWr(), device.limits().maxQpWr()),
                device.limits().maxCqe() / count);
        CompletionQueue completions = device.context().createCq(count * depth);
        OutgoingLink outgoing = null;
        try {
            outgoing = new OutgoingLink(device.address(), device.pd(), completions);
            return new Link(LinkKey.of(target), leash, outgoing, completions, device.limits(), depth);
        } finally {
            if (outgoing == null) {
                completions.close();
            }
        }
    }
}
