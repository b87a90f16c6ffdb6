package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A key, and the buffers that its value is put from, or got into, one after the other. A {@link ByteBuffer} counts from
 * its position to its limit as they are when the entry is made; neither is ever changed. Until the call that got the
 * entry has ended, the bytes belong to it: don't change them, and don't read what a get has not delivered.
 */
public final class KvEntry {
    private final String key;
    private final ValueBytes value;
    private final List<KvBuffer> leased;
    private final boolean writable;

    private KvEntry(String key, ByteBuffer[] parts, List<KvBuffer> leased) {
        this.key = key;
        boolean allWritable = true;
        for (int i = 0; i < parts.length; i++) {
            allWritable &= !parts[i].isReadOnly();
            parts[i] = parts[i].slice();
        }
        this.value = new ValueBytes(parts);
        this.leased = leased;
        this.writable = allWritable;
    }

    public static KvEntry of(String key, byte[] bytes) {
        return new KvEntry(key, new ByteBuffer[] {ByteBuffer.wrap(bytes)}, List.of());
    }

    /** Heap or direct buffers; direct ones are moved without a copy. */
    public static KvEntry of(String key, ByteBuffer... parts) {
        return new KvEntry(key, parts.clone(), List.of());
    }

    /** Buffers leased from the client; they may be closed at any time, also while a transfer runs. */
    public static KvEntry of(String key, KvBuffer... parts) {
        ByteBuffer[] buffers = new ByteBuffer[parts.length];
        for (int i = 0; i < parts.length; i++) {
            buffers[i] = parts[i].byteBuffer();
        }
        return new KvEntry(key, buffers, List.of(parts));
    }

    public String key() {
        return key;
    }

    /** The bytes of all parts together. */
    public long sizeBytes() {
        return value.sizeBytes();
    }

    ValueBytes value() {
        return value;
    }

    /** @throws StoreException INVALID_PARAMS if a buffer is read-only */
    ValueBytes writableValue() {
        if (!writable) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS, "a buffer for '" + key + "' is read-only; a get needs one to write to");
        }
        return value;
    }

    /**
     * Keeps the memory of leased buffers until {@link #release}.
     *
     * @throws StoreException CLOSED if one is closed; then none is kept
     */
    void retain() {
        for (int i = 0; i < leased.size(); i++) {
            try {
                leased.get(i).retain();
            } catch (StoreException e) {
                release(i);
                throw e;
            }
        }
    }

    void release() {
        release(leased.size());
    }

    private void release(int count) {
        for (int i = 0; i < count; i++) {
            leased.get(i).release();
        }
    }
}
