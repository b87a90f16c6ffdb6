package io.mooncake4j.client;

import io.mooncake4j.transfer.memory.BufferPool;
import io.mooncake4j.transfer.memory.PooledBuffer;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.ByteBuffer;

/**
 * Memory leased from the client's own pool, moved without a copy. Whoever got it closes it; a transfer that runs keeps
 * the memory until it has ended. Safe for all threads, its bytes are not.
 */
public final class KvBuffer implements AutoCloseable {
    private final PooledBuffer memory;

    private KvBuffer(PooledBuffer memory) {
        this.memory = memory;
    }

    static KvBuffer lease(BufferPool pool, long bytes, Deadline deadline) {
        if (bytes > pool.maxLeaseBytes()) {
            throw new StoreException(
                    ErrorCode.BUFFER_OVERFLOW,
                    bytes + " bytes are more than the " + pool.maxLeaseBytes() + " that this client's pool can lease at"
                            + " once; build the client with a larger localBufferBytes");
        }
        return new KvBuffer(pool.lease((int) bytes, deadline));
    }

    public int sizeBytes() {
        return memory.sizeBytes();
    }

    /**
     * A new view of all bytes, with a position of its own. Not to be used after {@link #close}: the memory may be
     * somebody else's by then.
     *
     * @throws StoreException CLOSED
     */
    public ByteBuffer byteBuffer() {
        return memory.buffer();
    }

    /** Gives the memory back, once no transfer uses it. Further calls do nothing. */
    @Override
    public void close() {
        memory.close();
    }

    void retain() {
        memory.retain();
    }

    void release() {
        memory.release();
    }
}
