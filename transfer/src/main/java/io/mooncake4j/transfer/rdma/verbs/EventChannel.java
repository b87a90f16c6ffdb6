package io.mooncake4j.transfer.rdma.verbs;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A queue of rdma_cm events. One thread at a time calls {@link #next}; ids may be made by any. */
public final class EventChannel implements AutoCloseable {
    private static final int PRIVATE_DATA_BYTES = 256;

    private final long handle;
    /**
     * Held while an event is taken and while an id or its queue pair is destroyed: taking the end of a connection changes
     * the state of its queue pair, within librdmacm.
     */
    private final Object idLock = new Object();

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
        return new CmId(idLock, NativeVerbs.createId(handle));
    }

    /** The next event, or null when {@code timeoutMillis} passed (negative: never). */
    public @Nullable CmEvent next(int timeoutMillis) throws IOException {
        if (!NativeVerbs.awaitEvent(handle, timeoutMillis)) {
            return null;
        }
        long[] out = new long[4];
        byte[] privateData = new byte[PRIVATE_DATA_BYTES];
        int type;
        synchronized (idLock) {
            type = NativeVerbs.nextEvent(handle, out, privateData);
        }
        return type < 0
                ? null
                : new CmEvent(
                        CmEventType.of(type), (int) out[2], out[0], out[1], Arrays.copyOf(privateData, (int) out[3]));
    }

    Object idLock() {
        return idLock;
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
