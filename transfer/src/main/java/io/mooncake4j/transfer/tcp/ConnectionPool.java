package io.mooncake4j.transfer.tcp;

import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Open connections, lent to one thread at a time; a bounded number a peer. Safe for all threads. */
final class ConnectionPool {
    /** Opens, greets and closes connections. */
    interface Factory {
        PeerConnection open(Peer peer, Deadline deadline) throws IOException;

        void close(PeerConnection connection);
    }

    private final int perPeer;
    private final Factory factory;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Peer, Slots> peers = new HashMap<>();
    private boolean closed;

    ConnectionPool(int perPeer, Factory factory) {
        this.perPeer = perPeer;
        this.factory = factory;
    }

    /**
     * Lends a connection, which must come back by {@link #give} or {@link #drop}; waits for one until the deadline.
     *
     * @param fresh idle ones are suspected to be dead: close them first
     * @throws IOException if the node can't be reached
     * @throws StoreException if it refuses us; RPC_TIMEOUT; TRANSFER_FAIL if interrupted; CLOSED
     */
    PeerConnection take(Peer peer, boolean fresh, Deadline deadline) throws IOException {
        PeerConnection idle = takeIdleOrSlot(peer, fresh, deadline);
        if (idle != null) {
            return idle;
        }
        PeerConnection opened = null;
        try {
            opened = factory.open(peer, deadline);
            return opened;
        } finally {
            if (opened == null) {
                freeSlot(peer);
            }
        }
    }

    /** Takes back a connection that is in step. */
    void give(PeerConnection connection) {
        connection.idleSince(System.nanoTime());
        lock.lock();
        try {
            Slots slots = peers.get(connection.peer);
            if (slots != null && !closed) {
                slots.idle.addLast(connection);
                slots.freed.signal();
                return;
            }
        } finally {
            lock.unlock();
        }
        factory.close(connection);
    }

    /** Closes a lent connection for good. */
    void drop(PeerConnection connection) {
        factory.close(connection);
        freeSlot(connection.peer);
    }

    /** Closes connections that their node may soon close for being idle. */
    void retireIdle(long nowNanos) {
        lock.lock();
        try {
            for (Slots slots : peers.values()) {
                while (!slots.idle.isEmpty() && slots.idle.getFirst().retired(nowNanos)) {
                    factory.close(slots.idle.removeFirst());
                    slots.open--;
                }
            }
            peers.values().removeIf(Slots::unused);
        } finally {
            lock.unlock();
        }
    }

    /** Refuses all further calls; idle connections are the factory's to close. */
    void close() {
        lock.lock();
        try {
            closed = true;
            peers.values().forEach(slots -> slots.freed.signalAll());
        } finally {
            lock.unlock();
        }
    }

    /** An idle connection, or null: then the caller owns a slot for a new one. */
    private @Nullable PeerConnection takeIdleOrSlot(Peer peer, boolean fresh, Deadline deadline) {
        lock.lock();
        try {
            Slots slots = peers.computeIfAbsent(peer, p -> new Slots(lock.newCondition()));
            if (fresh) {
                slots.idle.forEach(factory::close);
                slots.open -= slots.idle.size();
                slots.idle.clear();
            }
            while (true) {
                if (closed) {
                    throw new StoreException(ErrorCode.CLOSED, "the transport is closed");
                }
                PeerConnection idle = slots.idle.pollLast();
                if (idle != null && !idle.retired(System.nanoTime())) {
                    return idle;
                }
                if (idle != null) {
                    factory.close(idle);
                    slots.open--;
                } else if (slots.open < perPeer) {
                    slots.open++;
                    return null;
                } else {
                    awaitFreed(slots, deadline);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void awaitFreed(Slots slots, Deadline deadline) {
        slots.waiting++;
        try {
            if (slots.freed.awaitNanos(deadline.remainingNanos()) <= 0) {
                throw new StoreException(
                        ErrorCode.RPC_TIMEOUT, "all " + perPeer + " connections were busy until the deadline");
            }
        } catch (InterruptedException e) {
            slots.freed.signal(); // it may have been meant for us
            Thread.currentThread().interrupt();
            throw new StoreException(ErrorCode.TRANSFER_FAIL, "interrupted while all connections were busy", e);
        } finally {
            slots.waiting--;
        }
    }

    private void freeSlot(Peer peer) {
        lock.lock();
        try {
            Slots slots = peers.get(peer);
            if (slots != null) {
                slots.open--;
                slots.freed.signal();
                if (slots.unused()) {
                    peers.remove(peer);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** The connections of one peer; those not idle are lent, or being opened. */
    private static final class Slots {
        final ArrayDeque<PeerConnection> idle = new ArrayDeque<>();
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
