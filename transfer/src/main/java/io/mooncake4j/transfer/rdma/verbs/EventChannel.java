package io.mooncake4j.transfer.rdma.verbs;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A queue of rdma_cm events. One thread at a time calls {@link #next}; ids may be made by any. */
public final class EventChannel implements AutoCloseable {
    private static final int PRIVATE_DATA_BYTES = 256;

    private final long handle;
    private boolean closed;

    private EventChannel(long handle) {
        this.handle = handle;
    }

    /** A channel that the caller closes. */
    public static EventChannel open() throws IOException {
        return new EventChannel(NativeVerbs.createChannel());
    }

    /** An id for a reliable connection or a listener, which the caller closes before this channel. */
    public CmId newId() throws IOException {
        return new CmId(NativeVerbs.createId(handle));
    }

    /** The next event, or null when {@code timeoutMillis} passed (negative: never). */
    public @Nullable CmEvent next(int timeoutMillis) throws IOException {
        long[] out = new long[4];
        byte[] privateData = new byte[PRIVATE_DATA_BYTES];
        int type = NativeVerbs.nextEvent(handle, timeoutMillis, out, privateData);
        return type < 0
                ? null
                : new CmEvent(
                        CmEventType.of(type), (int) out[2], out[0], out[1], Arrays.copyOf(privateData, (int) out[3]));
    }

    /** Idempotent; every id of it is closed before, and nobody waits in {@link #next}. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            NativeVerbs.destroyChannel(handle);
        }
    }
}
