package io.mooncake4j.transfer.rdma.cm;

import io.mooncake4j.transfer.rdma.verbs.CmEvent;
import io.mooncake4j.transfer.rdma.verbs.CmEventType;
import io.mooncake4j.transfer.rdma.verbs.CmId;
import io.mooncake4j.transfer.rdma.verbs.CompletionQueue;
import io.mooncake4j.transfer.rdma.verbs.EventChannel;
import io.mooncake4j.transfer.rdma.verbs.ProtectionDomain;
import io.mooncake4j.transfer.rdma.verbs.VerbsException;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's end of rdma_cm: lets queue pairs in that show a ticket. Nothing is ever posted on them here; they serve what
 * the client does one-sidedly. A thread of its own drives it.
 */
public final class CmListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CmListener.class);

    private static final int BACKLOG = 256;
    private static final int LOOK_MILLIS = 200;
    private static final long FIRST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LAST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final EventChannel channel;
    private final CmId listener;
    private final InetSocketAddress address;
    private final ProtectionDomain pd;
    private final CompletionQueue cq;
    private final Duration ticketLife;
    private final Admissions admissions;
    private final Thread thread = new Thread(this::live, "rdma-cm");
    private volatile boolean closed;
    private volatile @Nullable String loss;

    private CmListener(
            EventChannel channel,
            CmId listener,
            ProtectionDomain pd,
            CompletionQueue cq,
            Duration ticketLife,
            LongAdder queuePairs)
            throws IOException {
        this.channel = channel;
        this.listener = listener;
        this.address = listener.localAddress();
        this.pd = pd;
        this.cq = cq;
        this.ticketLife = ticketLife;
        this.admissions = new Admissions(queuePairs);
        this.thread.setDaemon(true);
    }

    /**
     * Listens on any free port of a device's address.
     *
     * @param cq for the queue pairs; nothing ever comes there
     * @param ticketLife a ticket is used within it or never
     * @param queuePairs counts those that there are
     */
    public static CmListener start(
            InetAddress device, ProtectionDomain pd, CompletionQueue cq, Duration ticketLife, LongAdder queuePairs)
            throws IOException {
        for (int left = CmPorts.TRIES - 1; ; left--) {
            try {
                return startOnce(device, pd, cq, ticketLife, queuePairs);
            } catch (VerbsException e) {
                if (left == 0 || !CmPorts.isTaken(e)) {
                    throw e;
                }
            }
        }
    }

    private static CmListener startOnce(
            InetAddress device, ProtectionDomain pd, CompletionQueue cq, Duration ticketLife, LongAdder queuePairs)
            throws IOException {
        EventChannel channel = EventChannel.open();
        CmId id = null;
        try {
            id = channel.newId();
            id.bind(new InetSocketAddress(device, 0));
            id.listen(BACKLOG);
            CmListener started = new CmListener(channel, id, pd, cq, ticketLife, queuePairs);
            started.thread.start();
            return started;
        } catch (IOException | RuntimeException | Error e) {
            if (id != null) {
                id.close();
            }
            channel.close();
            throw e;
        }
    }

    /** Where clients come to. */
    public InetSocketAddress address() {
        return address;
    }

    /** How many queue pairs there are. */
    public int queuePairs() {
        return admissions.size();
    }

    /** Whether its device is gone. */
    public boolean isLost() {
        return loss != null;
    }

    /**
     * Lets so many queue pairs in, within the life of its ticket.
     *
     * @param broken called when one has ended; doesn't block
     * @throws StoreException NOT_SUPPORTED if the device is gone
     */
    public IncomingLink admit(int queuePairs, Runnable broken) {
        String lost = loss;
        if (lost != null) {
            throw new StoreException(ErrorCode.NOT_SUPPORTED, lost);
        }
        return new IncomingLink(admissions, queuePairs, System.nanoTime() + ticketLife.toNanos(), broken);
    }

    /** To be called when all links are closed. */
    @Override
    public void close() throws IOException {
        closed = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join(); // it looks every 200 ms
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        listener.close();
        channel.close();
    }

    private void live() {
        long retryNanos = FIRST_RETRY_NANOS;
        while (!closed) {
            try {
                CmEvent event = channel.next(LOOK_MILLIS);
                if (event != null) {
                    take(event);
                }
                retryNanos = FIRST_RETRY_NANOS;
            } catch (IOException | RuntimeException e) {
                if (retryNanos == FIRST_RETRY_NANOS) {
                    LOG.warn(
                            "{}: an event of rdma_cm failed; those that follow it are tried again silently",
                            address,
                            e);
                }
                LockSupport.parkNanos(retryNanos);
                retryNanos = Math.min(2 * retryNanos, LAST_RETRY_NANOS);
            }
        }
    }

    private void take(CmEvent event) {
        if (event.type() == CmEventType.CONNECT_REQUEST) {
            admissions.requested(
                    new VerbsId(CmId.ofEvent(channel, event.id()), pd, cq), event.privateData(), System.nanoTime());
        } else if (event.id() == listener.handle() && event.type() == CmEventType.DEVICE_REMOVAL) {
            loss = "its RDMA device is gone; restart the node when it is back";
            LOG.error("the RDMA device of {} is gone: only TCP from now on", address);
            admissions.loseAll("the RDMA device is gone");
        } else {
            admissions.happened(event);
        }
    }

    /** A real one. */
    private record VerbsId(CmId id, ProtectionDomain pd, CompletionQueue cq) implements IncomingId {
        /** Some devices refuse none at all. */
        private static final int UNUSED_DEPTH = 1;

        @Override
        public long handle() {
            return id.handle();
        }

        @Override
        public void accept() throws IOException {
            id.createQueuePair(pd, cq, UNUSED_DEPTH, UNUSED_DEPTH, 0);
            id.accept();
        }

        @Override
        public void reject(byte[] privateData) throws IOException {
            id.reject(privateData);
        }

        @Override
        public void close() throws IOException {
            id.close();
        }
    }
}
