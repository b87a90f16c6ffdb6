package io.mooncake4j.transfer.memory;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A lease of a {@link BufferPool}. It goes back when it was closed by its owner and released by everyone who retained it
 * before: so closing it under a running transfer takes nothing from that. Safe for all threads.
 */
public final class PooledBuffer implements AutoCloseable {
    private static final int CLOSED = 1 << 31;

    private final BufferPool pool;
    private final ByteBuffer bytes;
    private final int offset;
    private final int blockBytes;

    /** How many use it, the owner not counted; the highest bit: the owner closed it. */
    private final AtomicInteger uses = new AtomicInteger();

    PooledBuffer(BufferPool pool, ByteBuffer bytes, int offset, int blockBytes) {
        this.pool = pool;
        this.bytes = bytes;
        this.offset = offset;
        this.blockBytes = blockBytes;
    }

    /** The length that was asked for. */
    public int sizeBytes() {
        return bytes.capacity();
    }

    /**
     * The bytes, in a view of its own: position 0, limit the size. Not to be touched after the close.
     *
     * @throws StoreException CLOSED
     */
    public ByteBuffer buffer() {
        if (uses.get() < 0) {
            throw closed();
        }
        return bytes.duplicate();
    }

    /**
     * Keeps the bytes from going back until {@link #release}.
     *
     * @throws StoreException CLOSED
     */
    public void retain() {
        if (uses.getAndUpdate(n -> n < 0 ? n : n + 1) < 0) {
            throw closed();
        }
    }

    /** Ends one {@link #retain}. */
    public void release() {
        int before = uses.getAndUpdate(n -> (n & ~CLOSED) == 0 ? n : n - 1);
        if ((before & ~CLOSED) == 0) {
            throw new IllegalStateException("released more often than retained");
        }
        if (before == CLOSED + 1) {
            pool.give(offset, blockBytes);
        }
    }

    /** Ends the lease; later calls do nothing. */
    @Override
    public void close() {
        if (uses.getAndUpdate(n -> n | CLOSED) == 0) {
            pool.give(offset, blockBytes);
        }
    }

    private static StoreException closed() {
        return new StoreException(ErrorCode.CLOSED, "the buffer is closed");
    }
}
