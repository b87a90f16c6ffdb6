package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.memory.Regions;
import io.mooncake4j.transfer.metrics.RdmaMeters;
import io.mooncake4j.transfer.rdma.cm.CmListener;
import io.mooncake4j.transfer.rdma.cm.IncomingLink;
import io.mooncake4j.transfer.rdma.verbs.CompletionQueue;
import io.mooncake4j.transfer.rdma.verbs.Memory;
import io.mooncake4j.transfer.rdma.verbs.MemoryRegion;
import io.mooncake4j.transfer.rdma.verbs.PeerAccess;
import io.mooncake4j.transfer.server.DirectAccess;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's side of RDMA: its regions are registered once, and clients that a connection's thread vouches for read and
 * write them without its CPU. Safe for all threads.
 */
public final class RdmaNode implements DirectAccess, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RdmaNode.class);
    /** For one client: more would not be faster. */
    private static final int MAX_LANES = 64;
    /** rdma_cm and other processes want some, too. */
    private static final int SPARE_QUEUE_PAIRS = 16;

    private static final String STOPS = "RDMA is off on this node: it stops";
    /** A client connects within this time after it was let in, or never. */
    private static final Duration LEAST_TICKET_LIFE = Duration.ofSeconds(10);
    /** Nothing ever comes there; some devices refuse fewer. */
    private static final int UNUSED_ENTRIES = 64;

    private final RdmaDevice device;
    /** Keeps the memory reachable while the device knows it. */
    private final Regions regions;

    private final Deque<Closing> toClose = new ArrayDeque<>();
    private final RegionTable table;
    private final CmListener listener;
    private final QueuePairBudget budget;
    private final Set<Passing> passages = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean stopping;
    private volatile @Nullable String off;

    private interface Closing {
        void run() throws IOException;
    }

    private RdmaNode(RdmaOptions options, RdmaDevice device, Regions regions, RdmaMeters meters) throws IOException {
        this.device = device;
        this.regions = regions;
        boolean started = false;
        try {
            this.table = register(regions, meters);
            CompletionQueue cq = device.context().createCq(UNUSED_ENTRIES);
            toClose.push(cq::close);
            Duration patience = options.connectTimeout();
            Duration ticketLife = patience.compareTo(LEAST_TICKET_LIFE) > 0 ? patience : LEAST_TICKET_LIFE;
            this.listener = CmListener.start(device.address(), device.pd(), cq, ticketLife, meters.queuePairs());
            toClose.push(listener::close);
            Runnable listening = AsyncEvents.listen(device.context(), meters.deviceErrors(), this::deviceFailed);
            toClose.push(listening::run);
            started = true;
        } finally {
            if (!started) {
                closeAll();
            }
        }
        int most = Math.max(1, device.limits().maxQp() - SPARE_QUEUE_PAIRS);
        this.budget =
                new QueuePairBudget(options.maxQueuePairs() == 0 ? most : Math.min(most, options.maxQueuePairs()));
    }

    /**
     * Registers the regions and listens; takes about a second for every few GiB that were not pinned yet.
     *
     * @param meters where it counts, and says what it has
     * @throws StoreException NOT_SUPPORTED, saying why it can't be and what would change that
     */
    public static RdmaNode start(RdmaOptions options, Regions regions, RdmaMeters meters) {
        RdmaDevice device = RdmaDevice.open(options);
        RdmaNode node = null;
        try {
            node = new RdmaNode(options, device, regions, meters);
            meters.missing(node::isOff);
            return node;
        } catch (IOException e) {
            throw new StoreException(
                    ErrorCode.NOT_SUPPORTED, "this node can't serve over " + device + ": " + e.getMessage(), e);
        } finally {
            if (node == null) {
                device.close();
            }
        }
    }

    private RegionTable register(Regions all, RdmaMeters meters) throws IOException {
        List<MemoryRegion> registered = new ArrayList<>();
        for (int i = 0; i < all.count(); i++) {
            ByteBuffer region = all.region(i);
            MemoryRegion made = device.pd().register(Memory.address(region), region.capacity(), PeerAccess.READ_WRITE);
            meters.registered(1, made.lengthBytes());
            toClose.push(() -> {
                made.close();
                meters.deregistered(1, made.lengthBytes());
            });
            registered.add(made);
        }
        return new RegionTable(
                registered.stream().mapToLong(MemoryRegion::address).toArray(),
                registered.stream().mapToLong(MemoryRegion::lengthBytes).toArray(),
                registered.stream().mapToInt(MemoryRegion::remoteKey).toArray());
    }

    /** Name and address of the device, for people. */
    public String deviceText() {
        return device.toString();
    }

    /** How many queue pairs clients have here. */
    public int queuePairs() {
        return listener.queuePairs();
    }

    /** How many clients' sessions there are. */
    public int sessions() {
        return passages.size();
    }

    private boolean isOff() {
        return !stopping && (off != null || listener.isLost());
    }

    @Override
    public Passage open(int lanes, Runnable end) {
        String why = off;
        if (why != null) {
            throw new StoreException(ErrorCode.NOT_SUPPORTED, why);
        }
        int granted = budget.take(Math.min(lanes, MAX_LANES));
        try {
            Passing passing = new Passing(listener.admit(granted, end), end);
            passages.add(passing);
            if (!stopping) { // else the close may have missed it
                return passing;
            }
            passing.close();
        } catch (RuntimeException e) {
            budget.give(granted);
            throw e;
        }
        throw new StoreException(ErrorCode.NOT_SUPPORTED, STOPS);
    }

    private void deviceFailed() {
        off = "RDMA is off on this node: its device " + device + " has failed; restart the node";
        passages.forEach(passing -> passing.end.run());
    }

    /**
     * To be called when all sessions have left, since it takes the memory from them; while one hasn't, it stays as it is, and
     * the last one that leaves closes it.
     */
    @Override
    public void close() {
        off = STOPS;
        stopping = true;
        if (!passages.isEmpty()) {
            LOG.warn("{} sessions still use {}: it stays open until they have left", passages.size(), device);
        }
        closeIfUnused();
    }

    private void closeIfUnused() {
        if (passages.isEmpty() && !closed.getAndSet(true)) {
            closeAll();
            device.close();
        }
    }

    private void closeAll() {
        while (!toClose.isEmpty()) {
            try {
                toClose.pop().run();
            } catch (IOException | RuntimeException e) {
                LOG.warn("{}: closing failed: {}", device, e.getMessage());
            }
        }
    }

    /** One session's way in. */
    private final class Passing implements Passage {
        private final IncomingLink link;
        private final Runnable end;

        Passing(IncomingLink link, Runnable end) {
            this.link = link;
            this.end = end;
        }

        @Override
        public byte[] offer() {
            return new LinkOffer(listener.address(), link.queuePairs(), link.ticket()).encode();
        }

        @Override
        public byte[] awaitReady() throws IOException {
            link.awaitEstablished();
            return table.encode();
        }

        @Override
        public void abandon() {
            link.abandon();
        }

        @Override
        public void close() {
            link.close();
            if (passages.remove(this)) {
                budget.give(link.queuePairs());
            }
            if (stopping) {
                closeIfUnused();
            }
        }
    }
}
