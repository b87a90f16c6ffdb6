package io.mooncake4j.transfer.rdma.verbs;

import com.ibm.disni.verbs.impl.NatIbvContext;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An open device; equal to another of the same. Any thread. */
public final class Context {
    private final long handle;

    Context(long handle) {
        this.handle = handle;
    }

    /** A domain that the caller closes after all that is made in it. */
    public ProtectionDomain allocatePd() throws IOException {
        return ProtectionDomain.allocate(new NatIbvContext(handle, null));
    }

    /** A queue of at least so many completions, which the caller closes after its queue pairs. */
    public CompletionQueue createCq(int entries) throws IOException {
        return CompletionQueue.create(handle, entries);
    }

    /** What the device can do at most. Makes a queue pair for a moment: ask once. */
    public DeviceLimits limits() throws IOException {
        return DeviceLimits.query(handle, deviceName());
    }

    /** Such as {@code erdma_0}. */
    public String deviceName() {
        return NativeVerbs.deviceName(handle);
    }

    /** @param port from 1 */
    public PortInfo port(int port) throws IOException {
        return PortInfo.query(handle, port);
    }

    /** An entry of a port's GID table, 16 bytes; zeros where it is empty. */
    public byte[] gid(int port, int index) throws IOException {
        return NativeVerbs.queryGid(handle, port, index);
    }

    /** The next async event of the device in this process, or null when time ran out. One thread per device. */
    public @Nullable AsyncEvent nextAsyncEvent(int timeoutMillis) throws IOException {
        long[] out = new long[1];
        int type = NativeVerbs.nextAsyncEvent(handle, timeoutMillis, out);
        return type < 0 ? null : new AsyncEvent(type, NativeVerbs.asyncEventText(type), (int) out[0]);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Context context && context.handle == handle;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(handle);
    }

    @Override
    public String toString() {
        return deviceName();
    }
}
