package io.mooncake4j.transfer.rdma.verbs;

import com.ibm.disni.verbs.IbvSendWR;
import java.io.IOException;

/** The sending side of a connection. One user at a time; takes no heap memory once made. */
public final class QueuePair {
    /** What {@link #state} says once it is in its error state. */
    public static final int STATE_ERROR = 6;

    private static final int SIGNALED = 2;
    private static final int INLINE = 8;

    private final Object lock;
    private final long id;
    private final long handle;
    private final int depth;
    private final int inlineBytes;
    private final int number;
    private final SendList list;
    private volatile boolean destroyed;
    private int posted;

    /** @param lock held while it is destroyed */
    QueuePair(Object lock, long id, long handle, int depth, int inlineBytes) throws IOException {
        this.lock = lock;
        this.id = id;
        this.handle = handle;
        this.depth = depth;
        this.inlineBytes = inlineBytes;
        number = NativeVerbs.qpNumber(handle);
        list = new SendList(handle, depth);
    }

    /** The device's number for it. */
    public int number() {
        return number;
    }

    /** Requests that may be outstanding, and so be staged for one post. */
    public int depth() {
        return depth;
    }

    /** Bytes that a WRITE may carry inline. */
    public int inlineBytes() {
        return inlineBytes;
    }

    /** Stages a READ of the peer's memory into ours. */
    public void stageRead(
            long wrId,
            long localAddress,
            int localKey,
            int lengthBytes,
            long remoteAddress,
            int remoteKey,
            boolean signalled) {
        live();
        list.add(
                IbvSendWR.IBV_WR_RDMA_READ,
                signalled ? SIGNALED : 0,
                wrId,
                localAddress,
                localKey,
                lengthBytes,
                remoteAddress,
                remoteKey);
    }

    /**
     * Stages a WRITE of our memory into the peer's.
     *
     * @param inline whether post copies the bytes, so that the memory is free when it returns; at most
     *     {@link #inlineBytes}
     */
    public void stageWrite(
            long wrId,
            long localAddress,
            int localKey,
            int lengthBytes,
            long remoteAddress,
            int remoteKey,
            boolean signalled,
            boolean inline) {
        live();
        list.add(
                IbvSendWR.IBV_WR_RDMA_WRITE,
                (signalled ? SIGNALED : 0) | (inline ? INLINE : 0),
                wrId,
                localAddress,
                localKey,
                lengthBytes,
                remoteAddress,
                remoteKey);
    }

    /** Posts all that is staged by one call; nothing is staged afterwards, whatever happened. */
    public void post() throws IOException {
        posted = 0;
        live();
        posted = list.size(); // whatever happens, unless the device says otherwise
        try {
            list.post();
        } catch (VerbsException e) {
            posted = NativeVerbs.postedBeforeFailure();
            throw e;
        }
    }

    /** How many requests the last {@link #post} handed over, from the first staged on; all unless it failed. */
    public int posted() {
        return posted;
    }

    /**
     * Moves it to its error state: what is outstanding comes back flushed. Final. What was posted when it had failed
     * already is never heard of on siw: wait for a bounded time, then {@link #destroy}.
     */
    public void toError() throws IOException {
        live();
        NativeVerbs.qpToError(handle);
    }

    /** As {@code enum ibv_qp_state}; siw says 0 (RESET) always. */
    public int state() throws IOException {
        live();
        return NativeVerbs.qpState(handle);
    }

    /** When it returns, nobody touches memory by this queue pair any more. Its id stays. Idempotent. */
    public void destroy() throws IOException {
        synchronized (lock) {
            if (!destroyed) {
                NativeVerbs.destroyQp(id);
                destroyed = true;
                list.free();
            }
        }
    }

    private void live() {
        if (destroyed) {
            throw new IllegalStateException("the queue pair is destroyed");
        }
    }
}
