package io.mooncake4j.client;

import io.mooncake4j.transfer.memory.BufferPool;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A client's buffers, reserved at the first use: what it leases, and what transports copy through. Safe for all threads. */
final class LazyPool implements Supplier<BufferPool>, AutoCloseable {
    private final int sizeBytes;
    private @Nullable BufferPool pool;

    LazyPool(int sizeBytes) {
        this.sizeBytes = sizeBytes;
    }

    /**
     * The one pool.
     *
     * @throws io.mooncake4j.transfer.wire.StoreException INVALID_PARAMS if there isn't so much memory
     */
    @Override
    public synchronized BufferPool get() {
        if (pool == null) {
            pool = new BufferPool(sizeBytes);
        }
        return pool;
    }

    /** Ends leasing. Leased buffers stay good. */
    @Override
    public synchronized void close() {
        if (pool != null) {
            pool.close();
        }
    }
}
