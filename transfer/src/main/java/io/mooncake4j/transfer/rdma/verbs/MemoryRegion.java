package io.mooncake4j.transfer.rdma.verbs;

import java.io.IOException;

/** Registered memory. Doesn't keep the memory reachable: the owner does, until it closed this. Any thread. */
public final class MemoryRegion implements AutoCloseable {
    private final long handle;
    private final long address;
    private final long lengthBytes;
    private final int localKey;
    private final int remoteKey;
    private boolean closed;

    MemoryRegion(long handle, long address, long lengthBytes, int localKey, int remoteKey) {
        this.handle = handle;
        this.address = address;
        this.lengthBytes = lengthBytes;
        this.localKey = localKey;
        this.remoteKey = remoteKey;
    }

    /** Of the first byte. */
    public long address() {
        return address;
    }

    /** From {@link #address} on. */
    public long lengthBytes() {
        return lengthBytes;
    }

    /** For work requests of this process; 32 bits, unsigned. */
    public int localKey() {
        return localKey;
    }

    /** For work requests of the peer; 32 bits, unsigned. */
    public int remoteKey() {
        return remoteKey;
    }

    /** Unpins the memory. Idempotent. */
    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            NativeVerbs.deregister(handle);
            closed = true;
        }
    }
}
