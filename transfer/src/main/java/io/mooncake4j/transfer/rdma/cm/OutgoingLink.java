package io.mooncake4j.transfer.rdma.cm;

import io.mooncake4j.transfer.rdma.verbs.CmEvent;
import io.mooncake4j.transfer.rdma.verbs.CmId;
import io.mooncake4j.transfer.rdma.verbs.CompletionQueue;
import io.mooncake4j.transfer.rdma.verbs.EventChannel;
import io.mooncake4j.transfer.rdma.verbs.ProtectionDomain;
import io.mooncake4j.transfer.rdma.verbs.QueuePair;
import io.mooncake4j.transfer.rdma.verbs.VerbsException;
import io.mooncake4j.transfer.wire.Deadline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client's queue pairs to one node, with an event channel of their own. One thread at a time. */
public final class OutgoingLink implements AutoCloseable {
    /** As often as there is: a connection that is slow once is not lost for it. */
    private static final int PACKET_RETRIES = 7;
    /** Nothing is ever received; some devices refuse none at all. */
    private static final int UNUSED_DEPTH = 1;

    private final InetSocketAddress from;
    private final ProtectionDomain pd;
    private final CompletionQueue cq;
    private final EventChannel channel;
    private final List<CmId> ids = new ArrayList<>();
    private final List<QueuePair> queuePairs = new ArrayList<>();

    /**
     * Without any queue pair yet.
     *
     * @param from the address of the device
     * @param cq outlives it
     */
    public OutgoingLink(InetAddress from, ProtectionDomain pd, CompletionQueue cq) throws IOException {
        this.from = new InetSocketAddress(from, 0);
        this.pd = pd;
        this.cq = cq;
        this.channel = EventChannel.open();
    }

    /**
     * Connects one more queue pair; after a failure the link is good for nothing but its close. Blocks until the deadline
     * at the longest, except on siw, which connects within the call: if packets there vanish without a word, that takes as
     * long as TCP tries ({@code siw_connect} in Linux 6.1).
     *
     * @throws CmException if the node or the way to it says no; other IOExceptions if our side failed
     * @throws io.mooncake4j.transfer.wire.StoreException TRANSFER_FAIL if the thread is interrupted
     */
    public QueuePair connect(InetSocketAddress to, long ticket, int sendDepth, int inlineBytes, Deadline deadline)
            throws IOException {
        for (int left = CmPorts.TRIES - 1; ; left--) {
            CmId id = channel.newId();
            ids.add(id);
            try {
                return connect(id, to, ticket, sendDepth, inlineBytes, deadline);
            } catch (VerbsException e) {
                if (left == 0 || !CmPorts.isTaken(e)) {
                    throw e;
                }
            }
            id.close();
            ids.remove(id);
        }
    }

    private QueuePair connect(
            CmId id, InetSocketAddress to, long ticket, int sendDepth, int inlineBytes, Deadline deadline)
            throws IOException {
        Steps steps = new Steps(id, to, sendDepth, inlineBytes);
        String way = "RDMA from " + from.getAddress().getHostAddress() + " to "
                + to.getAddress().getHostAddress() + ":" + to.getPort();
        new CmConnector(steps, way, deadline).connect(new ConnectRequest(ticket, queuePairs.size()));
        QueuePair made = steps.made();
        queuePairs.add(made);
        return made;
    }

    /** In the order of their making. */
    public List<QueuePair> queuePairs() {
        return List.copyOf(queuePairs);
    }

    /**
     * Destroys all of it, in an order that rdma_cm stands. Idempotent.
     *
     * @throws IOException if a queue pair can't be destroyed: memory that it uses must not be used for anything else
     */
    @Override
    public void close() throws IOException {
        Exception failure = null;
        for (CmId id : ids) {
            try {
                id.close();
            } catch (IOException | RuntimeException e) {
                failure = e;
            }
        }
        if (failure != null) { // the channel outlives its ids
            throw failure instanceof IOException io ? io : new IOException(failure);
        }
        channel.close();
    }

    private final class Steps implements ConnectSteps {
        private final CmId id;
        private final InetSocketAddress to;
        private final int sendDepth;
        private final int inlineBytes;
        private @Nullable QueuePair queuePair;

        Steps(CmId id, InetSocketAddress to, int sendDepth, int inlineBytes) {
            this.id = id;
            this.to = to;
            this.sendDepth = sendDepth;
            this.inlineBytes = inlineBytes;
        }

        @Override
        public void resolveAddress(int millis) throws IOException {
            id.resolveAddress(from, to, millis);
        }

        @Override
        public void resolveRoute(int millis) throws IOException {
            id.resolveRoute(millis);
        }

        @Override
        public void createQueuePair() throws IOException {
            queuePair = id.createQueuePair(pd, cq, sendDepth, UNUSED_DEPTH, inlineBytes);
        }

        @Override
        public void connect(byte[] privateData) throws IOException {
            id.connect(privateData, PACKET_RETRIES);
        }

        @Override
        public @Nullable CmEvent next(int millis) throws IOException {
            while (true) {
                CmEvent event = channel.next(millis);
                if (event == null || event.id() == id.handle()) {
                    return event;
                }
                if (ends(event)) {
                    throw new IOException("an earlier queue pair of the link has ended: " + event.type());
                }
            }
        }

        private boolean ends(CmEvent event) {
            return switch (event.type()) {
                case DISCONNECTED, DEVICE_REMOVAL -> true;
                default -> false;
            };
        }

        QueuePair made() {
            QueuePair made = queuePair;
            if (made == null) {
                throw new IllegalStateException("no queue pair was made");
            }
            return made;
        }
    }
}
