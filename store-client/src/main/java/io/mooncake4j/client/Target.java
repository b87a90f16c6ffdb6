package io.mooncake4j.client;

import io.mooncake4j.transfer.memory.BufferPool;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Where a get puts one value. For one thread. */
abstract class Target<T> {
    private static final long MAX_ARRAY_BYTES = Integer.MAX_VALUE - 8L;

    /**
     * Room for exactly so many bytes; room given earlier is void.
     *
     * @throws StoreException BUFFER_OVERFLOW if there is less
     */
    abstract ValueBytes open(long sizeBytes);

    /** What the caller gets, once the room is filled. */
    abstract T value();

    /** The room won't be filled. */
    void discard() {}

    /** A new array. */
    static final class Array extends Target<byte[]> {
        private byte[] bytes = {};

        @Override
        ValueBytes open(long sizeBytes) {
            if (sizeBytes > MAX_ARRAY_BYTES) {
                throw new StoreException(
                        ErrorCode.BUFFER_OVERFLOW,
                        "the value has " + sizeBytes + " bytes, more than an array holds; get it into several buffers");
            }
            bytes = new byte[(int) sizeBytes];
            return new ValueBytes(ByteBuffer.wrap(bytes));
        }

        @Override
        byte[] value() {
            return bytes;
        }
    }

    /** A new buffer of the client's pool. */
    static final class Leased extends Target<KvBuffer> {
        private final BufferPool pool;
        private final Deadline deadline;
        private @Nullable KvBuffer buffer;

        /** @param deadline until which it waits for others to give buffers back */
        Leased(BufferPool pool, Deadline deadline) {
            this.pool = pool;
            this.deadline = deadline;
        }

        @Override
        ValueBytes open(long sizeBytes) {
            discard();
            KvBuffer fresh = KvBuffer.lease(pool, sizeBytes, deadline);
            buffer = fresh;
            return new ValueBytes(fresh.byteBuffer());
        }

        @Override
        KvBuffer value() {
            if (buffer == null) {
                throw new IllegalStateException("nothing was opened");
            }
            return buffer;
        }

        @Override
        void discard() {
            if (buffer != null) {
                buffer.close();
                buffer = null;
            }
        }
    }

    /** Buffers of the caller's. */
    static final class Given extends Target<KvEntry> {
        private final KvEntry entry;

        Given(KvEntry entry) {
            this.entry = entry;
        }

        @Override
        ValueBytes open(long sizeBytes) {
            ValueBytes room = entry.writableValue();
            if (room.sizeBytes() < sizeBytes) {
                throw new StoreException(
                        ErrorCode.BUFFER_OVERFLOW,
                        "'" + entry.key() + "' has " + sizeBytes + " bytes, its buffers have room for "
                                + room.sizeBytes());
            }
            return room.first(sizeBytes);
        }

        @Override
        KvEntry value() {
            return entry;
        }
    }
}
