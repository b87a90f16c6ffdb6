package io.mooncake4j.transfer.rdma.cm;

import io.mooncake4j.transfer.rdma.connect.IncomingLink;
import io.mooncake4j.transfer.rdma.connect.Insistently;
import io.mooncake4j.transfer.rdma.verbs.QueuePair;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue pairs of one session at a node, from the ticket to the last one's end. The session's thread owns it; the
 * listener's thread adds to it.
 */
public final class CmIncomingLink implements IncomingLink {
    private static final Logger LOG = LoggerFactory.getLogger(IncomingLink.class);

    private final InetSocketAddress address;
    private final Admissions admissions;
    private final int wanted;
    private final long endNanos;
    private final Runnable broken;
    private final long ticket;
    /** Guards the ids and {@code closed}; held while a queue pair is made, which nobody waits for but the close. */
    private final Object idsLock = new Object();

    /** By the number that the client gave each; for those alone that were accepted. */
    private final IncomingId[] made;

    private final List<IncomingId> ids = new ArrayList<>();
    private boolean closed;
    /** These two are guarded by this. */
    private int established;

    private @Nullable String failure;

    CmIncomingLink(InetSocketAddress address, Admissions admissions, int wanted, long endNanos, Runnable broken) {
        this.address = address;
        this.admissions = admissions;
        this.wanted = wanted;
        this.made = new IncomingId[wanted];
        this.endNanos = endNanos;
        this.broken = broken;
        this.ticket = admissions.tickets().give(this, wanted, endNanos);
    }

    /** What the client shows for each queue pair. */
    long ticket() {
        return ticket;
    }

    @Override
    public int queuePairs() {
        return wanted;
    }

    @Override
    public byte[] offer() {
        return new LinkOffer(address, wanted, ticket).encode();
    }

    @Override
    public QueuePair queuePair(int index) {
        synchronized (idsLock) {
            return made[index].queuePair();
        }
    }

    /** Until the ticket expires at the longest; the client says all it has to say by rdma_cm. */
    @Override
    public void awaitEstablished(Words client) throws IOException {
        awaitEstablished();
    }

    synchronized void awaitEstablished() throws IOException {
        try {
            while (failure == null && established < wanted) {
                long leftNanos = endNanos - System.nanoTime();
                if (leftNanos <= 0) {
                    throw new StoreException(
                            ErrorCode.RPC_TIMEOUT,
                            "only " + established + " of " + wanted + " queue pairs were connected in time");
                }
                TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for queue pairs", e);
        }
        if (failure != null) {
            throw new IOException(failure);
        }
    }

    @Override
    public void abandon() {
        fail("the connection has ended");
    }

    @Override
    public void close() {
        admissions.tickets().takeBack(ticket);
        synchronized (idsLock) {
            closed = true; // from here on nobody else touches them
        }
        Insistently.destroy(this::closeIds, "a queue pair can't be destroyed, so its session stays");
    }

    private void closeIds() throws IOException {
        while (!ids.isEmpty()) {
            IncomingId id = ids.get(ids.size() - 1);
            admissions.forget(id); // before: the next one may get the same handle
            id.close();
            ids.remove(ids.size() - 1);
        }
    }

    /** Takes over an id and accepts it; one that comes too late is closed. For the listener's thread. */
    void accept(IncomingId id, int index) {
        Exception failed = null;
        synchronized (idsLock) {
            if (closed) {
                admissions.reject(id, Refusal.UNKNOWN_TICKET);
                return;
            }
            ids.add(id);
            admissions.remember(id, this);
            try {
                id.accept();
                made[index] = id;
            } catch (IOException | RuntimeException e) {
                failed = e;
                Admissions.sayNo(id, Refusal.NO_RESOURCES); // in here: the session's thread may close it afterwards
            }
        }
        if (failed != null) {
            LOG.warn("a client's queue pair can't be made: {}", failed.getMessage());
            lost("a queue pair can't be made: " + failed.getMessage());
        }
    }

    /** For the listener's thread. */
    synchronized void established() {
        established++;
        notifyAll();
    }

    /** A queue pair has ended, or never began. */
    void lost(String why) {
        fail(why);
        broken.run();
    }

    private synchronized void fail(String why) {
        if (failure == null) {
            failure = why;
            notifyAll();
        }
    }
}
