package io.mooncake4j.transfer.rdma.cm;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue pairs of one session at a node, from the ticket to the last one's end. The session's thread owns it; the
 * listener's thread adds to it.
 */
public final class IncomingLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IncomingLink.class);
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Admissions admissions;
    private final int wanted;
    private final long endNanos;
    private final Runnable broken;
    private final long ticket;
    /** Guards the ids and {@code closed}; held while a queue pair is made, which nobody waits for but the close. */
    private final Object idsLock = new Object();

    private final List<IncomingId> ids = new ArrayList<>();
    private boolean closed;
    /** These two are guarded by this. */
    private int established;

    private @Nullable String failure;

    IncomingLink(Admissions admissions, int wanted, long endNanos, Runnable broken) {
        this.admissions = admissions;
        this.wanted = wanted;
        this.endNanos = endNanos;
        this.broken = broken;
        this.ticket = admissions.tickets().give(this, wanted, endNanos);
    }

    /** What the client shows for each queue pair. */
    public long ticket() {
        return ticket;
    }

    public int queuePairs() {
        return wanted;
    }

    /**
     * Waits until all queue pairs are established, until the ticket expires at the longest.
     *
     * @throws IOException if one failed, or it was abandoned
     * @throws StoreException RPC_TIMEOUT
     */
    public synchronized void awaitEstablished() throws IOException {
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

    /** Makes {@link #awaitEstablished} fail. Any thread. */
    public void abandon() {
        fail("the connection has ended");
    }

    /**
     * Destroys all queue pairs: when it returns, the client reaches no memory by them. Tries as long as that takes, since
     * memory is reused on its word (S2). Idempotent.
     */
    @Override
    public void close() {
        admissions.tickets().takeBack(ticket);
        synchronized (idsLock) {
            closed = true; // from here on nobody else touches them
        }
        boolean interrupted = false;
        for (int tries = 0; !ids.isEmpty(); tries++) {
            interrupted |= Thread.interrupted(); // else nothing would wait
            if (!closeLast(tries == 0)) {
                LockSupport.parkNanos(AGAIN_NANOS);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean closeLast(boolean tell) {
        try {
            IncomingId id = ids.get(ids.size() - 1);
            admissions.forget(id); // before: the next one may get the same handle
            id.close();
            ids.remove(ids.size() - 1);
            return true;
        } catch (Throwable e) { // whatever it is, the client may still reach the memory
            if (tell) {
                LOG.error("a queue pair can't be destroyed, so its session stays", e);
            }
            return false;
        }
    }

    /** Takes over an id and accepts it; one that comes too late is closed. For the listener's thread. */
    void accept(IncomingId id) {
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
