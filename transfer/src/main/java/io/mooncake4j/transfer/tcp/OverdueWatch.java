package io.mooncake4j.transfer.tcp;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** A thread that closes connections whose use is overdue, since blocking channels have no time-out of their own. */
final class OverdueWatch implements AutoCloseable {
    private static final long IDLE_CHECK_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Set<PeerConnection> connections = ConcurrentHashMap.newKeySet();
    private final LongConsumer idleCheck;
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean scanning;
    private volatile long wakeAtNanos;

    /**
     * @param idleCheck called with the nanoTime every now and then
     */
    OverdueWatch(LongConsumer idleCheck) {
        this.idleCheck = idleCheck;
        this.thread = new Thread(this::watch, "data-overdue");
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void add(PeerConnection connection) {
        connections.add(connection);
        if (closed) {
            connection.close();
        }
    }

    void remove(PeerConnection connection) {
        connections.remove(connection);
    }

    /** Begins a watched use of a connection. */
    void begin(PeerConnection connection, long dueNanos) {
        connection.begin(dueNanos);
        if (scanning || dueNanos - wakeAtNanos < 0) {
            LockSupport.unpark(thread);
        }
    }

    /** Closes all connections, those in use too. */
    @Override
    public void close() {
        closed = true;
        connections.forEach(PeerConnection::close);
        LockSupport.unpark(thread);
    }

    boolean closed() {
        return closed;
    }

    private void watch() {
        while (!closed) {
            scanning = true;
            long now = System.nanoTime();
            long wait = IDLE_CHECK_NANOS;
            for (PeerConnection connection : connections) {
                wait = Math.min(wait, connection.closeIfOverdue(now));
            }
            idleCheck.accept(now);
            wakeAtNanos = now + wait;
            scanning = false; // from here on begin() compares; before, it wakes us to be sure
            if (wait > 0) {
                LockSupport.parkNanos(this, wait);
            }
        }
    }
}
