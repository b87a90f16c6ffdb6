package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.rdma.cm.CmClientEnd;
import io.mooncake4j.transfer.rdma.connect.ClientEnd;
import io.mooncake4j.transfer.rdma.connect.OutgoingLink;
import io.mooncake4j.transfer.rdma.connect.QueueShape;
import io.mooncake4j.transfer.rdma.verbs.CompletionQueue;
import io.mooncake4j.transfer.tcp.Leash;
import io.mooncake4j.transfer.tcp.Leashes;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes links of one device, each on the thread that wants it. Safe for all threads. */
final class LinkConnector {
    private static final Logger LOG = LoggerFactory.getLogger(LinkConnector.class);

    private final RdmaDevice device;
    private final RdmaOptions options;
    private final ClientEnd end;
    private final Leashes leashes;

    LinkConnector(RdmaDevice device, RdmaOptions options) {
        this.device = device;
        this.options = options;
        this.end = new CmClientEnd(device.address());
        this.leashes = new Leashes(options.connectTimeout());
    }

    /**
     * A link for the session of the target's token. Blocks until the deadline at the longest, but for the destruction of
     * what was begun in vain, of which nothing is left.
     *
     * @throws IOException if the node can't be reached, over TCP or RDMA; the message says why and what to do
     * @throws StoreException if the node refuses, with its code and reason; RPC_TIMEOUT;
     *     TRANSFER_FAIL if interrupted
     */
    Link connect(SegmentTarget target, Deadline deadline) throws IOException {
        Deadline due = deadline.orAfterNanos(options.connectTimeout().toNanos());
        int count = options.queuePairsPerLink();
        int depth = Math.min(
                Math.min(options.maxWr(), device.limits().maxQpWr()),
                device.limits().maxCqe() / count);
        CompletionQueue completions = device.context().createCq(count * depth);
        OutgoingLink outgoing = null;
        Link link;
        try {
            outgoing = end.begin(QueueShape.sending(device.pd(), completions, depth, options.inlineBytes()), count);
            link = new Link(LinkKey.of(target), outgoing, completions, device.limits(), depth);
        } finally {
            if (outgoing == null) {
                completions.close();
            }
        }
        boolean ready = false;
        try {
            while (!ready) {
                ready = attempt(target, link, outgoing, due);
            }
            return link;
        } finally {
            if (!ready) {
                link.close();
            }
        }
    }

    /** Whether it succeeded; false if another attempt may. */
    private boolean attempt(SegmentTarget target, Link link, OutgoingLink outgoing, Deadline due) throws IOException {
        Leash leash = null;
        boolean ready = false;
        try {
            leash = leashes.open(target, options.queuePairsPerLink(), outgoing.request(), due);
            Leash opened = leash;
            outgoing.connect(opened.offer(), word -> opened.say(word, due), due);
            link.ready(opened, RegionTable.decode(opened.awaitReady(due)));
            ready = true;
        } catch (IOException | StoreException e) {
            if (!outgoing.again(e)) {
                throw e;
            }
            LOG.info("connecting queue pairs is tried once more: {}", e.getMessage());
        } finally {
            if (leash != null && !ready) {
                leash.close();
            }
        }
        return ready;
    }
}
