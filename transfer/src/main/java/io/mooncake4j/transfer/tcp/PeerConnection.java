package io.mooncake4j.transfer.tcp;

import io.mooncake4j.transfer.pool.Pooled;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A client's side of one connection, used by one thread at a time, between {@link #begin} and {@link #finish}. */
final class PeerConnection implements Pooled<Peer> {
    private static final long NOT_IN_USE = 0;
    private static final long OVERDUE = 2;

    final Peer peer;
    final SocketInput in;
    final SocketOutput out;
    private final SocketChannel channel;
    /** {@link #NOT_IN_USE}, {@link #OVERDUE}, or the nanoTime at which its use must have ended, made odd. */
    private final AtomicLong due = new AtomicLong(NOT_IN_USE);

    private long retireNanos;
    private long idleSinceNanos;
    private boolean pooled;

    PeerConnection(Peer peer, SocketChannel channel, int sliceBytes) {
        this.peer = peer;
        this.channel = channel;
        this.in = new SocketInput(channel, sliceBytes);
        this.out = new SocketOutput(channel, sliceBytes);
    }

    /**
     * Says who we are.
     *
     * @throws StoreException if the node refuses us, with its reason
     */
    void greet() throws IOException {
        TcpFormat.putHello(out.room(TcpFormat.HELLO_BYTES), peer.client(), peer.generation(), peer.processNonce());
        out.flush();
        ByteBuffer answer = in.take(TcpFormat.HELLO_ANSWER_BYTES);
        int magic = answer.getInt();
        answer.getShort();
        int textLength = answer.getShort();
        int status = answer.getInt();
        int idleTimeoutMillis = answer.getInt();
        if (magic != TcpFormat.MAGIC || !TcpFormat.isTextLength(textLength)) {
            throw new IOException("what listens there is no data port of a storage node");
        }
        if (status != 0) {
            throw new StoreException(ErrorCode.of(status), "node " + peer + ": " + in.takeText(textLength));
        }
        retireNanos = TimeUnit.MILLISECONDS.toNanos(idleTimeoutMillis) / 2;
    }

    /** Begins a use, which must have ended at that nanoTime. */
    void begin(long dueNanos) {
        due.set(dueNanos | 1);
    }

    /** Ends a use; false if the connection was closed meanwhile because it was overdue. */
    boolean finish() {
        return due.getAndUpdate(value -> value == OVERDUE ? OVERDUE : NOT_IN_USE) != OVERDUE;
    }

    /** Whether it has waited in the pool, so that the node may have closed it since. */
    boolean pooled() {
        return pooled;
    }

    /** Nanoseconds left for the use under way, else {@link Long#MAX_VALUE}. Closes a connection that is overdue. Any thread. */
    long closeIfOverdue(long nowNanos) {
        long value = due.get();
        if (value == NOT_IN_USE || value == OVERDUE) {
            return Long.MAX_VALUE;
        }
        long left = value - nowNanos;
        if (left <= 0 && due.compareAndSet(value, OVERDUE)) {
            close();
        }
        return Math.max(0, left);
    }

    @Override
    public Peer peer() {
        return peer;
    }

    @Override
    public void idleSince(long nowNanos) {
        pooled = true;
        idleSinceNanos = nowNanos;
    }

    /** Whether the node may close it soon for being idle. */
    @Override
    public boolean retired(long nowNanos) {
        return nowNanos - idleSinceNanos >= retireNanos;
    }

    /** Any thread; a thread that sends or receives gets an exception. */
    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // closed all the same
        }
    }
}
