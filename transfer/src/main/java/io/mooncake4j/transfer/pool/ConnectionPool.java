package io.mooncake4j.transfer.pool;

import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Open connections, lent to one thread at a time; a bounded number a peer. Safe for all threads. Closes connections
 * without its lock.
 *
 * @param <P> peers
 * @param <C> connections
 */
public final class ConnectionPool<P, C extends Pooled<P>> {
    private final int perPeer;
    private final Consumer<C> closer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition slotFreed = lock.newCondition();
    private final Map<P, Slots<C>> peers = new HashMap<>();
    private boolean closed;

    /** @param closer closes a connection for good */
    public ConnectionPool(int perPeer, Consumer<C> closer) {
        this.perPeer = perPeer;
        this.closer = closer;
    }

    /**
     * Lends an idle connection, which must come back by {@link #give} or {@link #drop}; or gives the right to open one,
     * which must end with {@link #freeSlot} if that fails, else the same way. Waits for either until the deadline.
     *
     * @return null: the caller may open one
     * @throws StoreException RPC_TIMEOUT; TRANSFER_FAIL if interrupted; CLOSED
     */
    public @Nullable C takeIdleOrSlot(P peer, Deadline deadline) {
        return takeIdleOrSlot(peer, deadline.atNanos());
    }

    /** As the other one, waiting until that nanoTime. */
    public @Nullable C takeIdleOrSlot(P peer, long untilNanos) {
        while (true) {
            C idle = takeAny(peer, untilNanos);
            if (idle == null || !idle.retired(System.nanoTime())) {
                return idle;
            }
            drop(idle);
        }
    }

    private @Nullable C takeAny(P peer, long untilNanos) {
        lock.lock();
        try {
            Slots<C> slots = peers.get(peer);
            if (slots == null) {
                slots = new Slots<>(lock.newCondition());
                peers.put(peer, slots);
            }
            while (true) {
                if (closed) {
                    throw new StoreException(ErrorCode.CLOSED, "the transport is closed");
                }
                C idle = slots.idle.pollLast();
                if (idle != null) {
                    return idle;
                }
                if (slots.open < perPeer) {
                    slots.open++;
                    return null;
                }
                awaitFreed(slots, untilNanos);
            }
        } finally {
            lock.unlock();
        }
    }

    private void awaitFreed(Slots<C> slots, long untilNanos) {
        slots.waiting++;
        try {
            if (slots.freed.awaitNanos(untilNanos - System.nanoTime()) <= 0) {
                throw new StoreException(
                        ErrorCode.RPC_TIMEOUT,
                        "all " + perPeer + " connections were busy as long as there was time to wait");
            }
        } catch (InterruptedException e) {
            slots.freed.signal(); // it may have been meant for us
            Thread.currentThread().interrupt();
            throw new StoreException(ErrorCode.TRANSFER_FAIL, "interrupted while all connections were busy", e);
        } finally {
            slots.waiting--;
        }
    }

    /** Takes back a connection that is in step. */
    public void give(C connection) {
        connection.idleSince(System.nanoTime());
        lock.lock();
        try {
            Slots<C> slots = peers.get(connection.peer());
            if (slots != null && !closed) {
                slots.idle.addLast(connection);
                slots.freed.signal();
                return;
            }
        } finally {
            lock.unlock();
        }
        drop(connection);
    }

    /** Closes a lent connection for good. */
    public void drop(C connection) {
        closer.accept(connection);
        freeSlot(connection.peer());
    }

    /** Gives back the right to open a connection, of which nothing came. */
    public void freeSlot(P peer) {
        freeSlots(peer, 1);
    }

    private void freeSlots(P peer, int count) {
        lock.lock();
        try {
            Slots<C> slots = peers.get(peer);
            if (slots != null) {
                slots.open -= count;
                for (int i = 0; i < count; i++) {
                    slots.freed.signal();
                }
                if (slots.unused()) {
                    peers.remove(peer);
                }
            }
            slotFreed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Closes a peer's idle connections, which are suspected to be dead. */
    public void dropIdle(P peer) {
        List<C> idle;
        lock.lock();
        try {
            Slots<C> slots = peers.get(peer);
            if (slots == null || slots.idle.isEmpty()) {
                return;
            }
            idle = new ArrayList<>(slots.idle);
            slots.idle.clear();
        } finally {
            lock.unlock();
        }
        idle.forEach(this::drop);
    }

    /** Closes connections that have been idle for too long. */
    public void retireIdle(long nowNanos) {
        List<C> retired = new ArrayList<>();
        lock.lock();
        try {
            for (Slots<C> slots : peers.values()) {
                while (!slots.idle.isEmpty() && slots.idle.getFirst().retired(nowNanos)) {
                    retired.add(slots.idle.removeFirst());
                }
            }
        } finally {
            lock.unlock();
        }
        retired.forEach(this::drop);
    }

    /** Refuses all further calls and closes what is idle. What is lent stays good, and is closed when it comes back. */
    public void close() {
        List<C> idle = new ArrayList<>();
        lock.lock();
        try {
            closed = true;
            for (Slots<C> slots : peers.values()) {
                slots.freed.signalAll();
                idle.addAll(slots.idle);
                slots.idle.clear();
            }
        } finally {
            lock.unlock();
        }
        idle.forEach(this::drop);
    }

    /** After the close: waits until all connections are closed; false if they are not by the deadline. */
    public boolean awaitEmpty(Deadline deadline) {
        boolean interrupted = false;
        lock.lock();
        try {
            while (peers.values().stream().anyMatch(slots -> slots.open > 0)) {
                long left = deadline.remainingNanos();
                if (left <= 0) {
                    return false;
                }
                try {
                    slotFreed.await(left, TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true; // it ends soon
                }
            }
            return true;
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The connections of one peer; those not idle are lent, or being opened. */
    private static final class Slots<C> {
        final ArrayDeque<C> idle = new ArrayDeque<>();
        final Condition freed;
        int open;
        int waiting;

        Slots(Condition freed) {
            this.freed = freed;
        }

        boolean unused() {
            return open == 0 && waiting == 0;
        }
    }
}
