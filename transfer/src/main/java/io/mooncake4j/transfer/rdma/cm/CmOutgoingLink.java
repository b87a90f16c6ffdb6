package io.mooncake4j.transfer.rdma.cm;

import io.mooncake4j.transfer.rdma.connect.OutgoingLink;
import io.mooncake4j.transfer.rdma.connect.QueueShape;
import io.mooncake4j.transfer.rdma.verbs.CmEvent;
import io.mooncake4j.transfer.rdma.verbs.CmId;
import io.mooncake4j.transfer.rdma.verbs.EventChannel;
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
public final class CmOutgoingLink implements OutgoingLink {
    /** As often as there is: a connection that is slow once is not lost for it. */
    private static final int PACKET_RETRIES = 7;

    private static final byte[] NOTHING = {};

    private final InetSocketAddress from;
    private final QueueShape shape;
    private final int most;
    private final EventChannel channel;
    private final List<CmId> ids = new ArrayList<>();
    private final List<QueuePair> queuePairs = new ArrayList<>();

    /**
     * Without any queue pair yet.
     *
     * @param from the address of the device
     * @param most queue pairs that are wanted
     */
    public CmOutgoingLink(InetAddress from, QueueShape shape, int most) throws IOException {
        this.from = new InetSocketAddress(from, 0);
        this.shape = shape;
        this.most = most;
        this.channel = EventChannel.open();
    }

    @Override
    public byte[] request() {
        return NOTHING;
    }

    @Override
    public void connect(byte[] offer, Voice node, Deadline deadline) throws IOException {
        LinkOffer offered = LinkOffer.decode(offer);
        int count = offered.queuePairs();
        if (count < 1 || count > most) {
            throw new IOException("the node offers " + count + " queue pairs");
        }
        for (int i = 0; i < count; i++) {
            connect(offered.address(), offered.ticket(), deadline);
        }
    }

    @Override
    public boolean again(Exception failure) {
        return false;
    }

    /**
     * Connects one more queue pair; after a failure the link is good for nothing but its close. Blocks until the deadline
     * at the longest, except on siw, which connects within the call: if packets there vanish without a word, that takes as
     * long as TCP tries ({@code siw_connect} in Linux 6.1).
     *
     * @throws CmException if the node or the way to it says no; other IOExceptions if our side failed
     * @throws io.mooncake4j.transfer.wire.StoreException TRANSFER_FAIL if the thread is interrupted
     */
    public QueuePair connect(InetSocketAddress to, long ticket, Deadline deadline) throws IOException {
        for (int left = CmPorts.TRIES - 1; ; left--) {
            CmId id = channel.newId();
            ids.add(id);
            try {
                return connect(id, to, ticket, deadline);
            } catch (VerbsException e) {
                if (left == 0 || !CmPorts.isTaken(e)) {
                    throw e;
                }
            }
            id.close();
            ids.remove(id);
        }
    }

    private QueuePair connect(CmId id, InetSocketAddress to, long ticket, Deadline deadline) throws IOException {
        Steps steps = new Steps(id, to);
        String way = "RDMA from " + from.getAddress().getHostAddress() + " to "
                + to.getAddress().getHostAddress() + ":" + to.getPort();
        new CmConnector(steps, way, deadline).connect(new ConnectRequest(ticket, queuePairs.size()));
        QueuePair made = steps.made();
        queuePairs.add(made);
        return made;
    }

    @Override
    public List<QueuePair> queuePairs() {
        return List.copyOf(queuePairs);
    }

    /** In an order that rdma_cm stands. */
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
        private @Nullable QueuePair queuePair;

        Steps(CmId id, InetSocketAddress to) {
            this.id = id;
            this.to = to;
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
            queuePair = id.createQueuePair(
                    shape.pd(), shape.cq(), shape.sendDepth(), shape.recvDepth(), shape.inlineBytes());
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
