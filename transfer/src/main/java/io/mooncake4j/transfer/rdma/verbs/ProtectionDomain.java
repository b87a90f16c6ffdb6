package io.mooncake4j.transfer.rdma.verbs;

import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.IbvPd;
import com.ibm.disni.verbs.impl.NatObject;
import java.io.IOException;

/** What queue pairs and the memory they may touch have in common. Any thread. */
public final class ProtectionDomain implements AutoCloseable {
    private final long handle;
    private boolean closed;

    private ProtectionDomain(long handle) {
        this.handle = handle;
    }

    static ProtectionDomain allocate(IbvContext context) throws IOException {
        IbvPd pd = context.allocPd();
        return new ProtectionDomain(((NatObject) pd).getObjId());
    }

    /**
     * Pins memory and lets the device use it; the caller keeps the memory until the region is closed.
     *
     * @param address of its first byte, see {@link Memory#address}
     */
    public MemoryRegion register(long address, long lengthBytes, PeerAccess peers) throws IOException {
        int[] keys = new int[2];
        boolean reads = peers == PeerAccess.READ_WRITE;
        long region = NativeVerbs.register(handle, address, lengthBytes, reads, peers != PeerAccess.NONE, keys);
        return new MemoryRegion(region, address, lengthBytes, keys[0], keys[1]);
    }

    long handle() {
        return handle;
    }

    /** Idempotent. */
    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            NativeVerbs.deallocPd(handle);
            closed = true;
        }
    }
}
