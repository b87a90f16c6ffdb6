package io.mooncake4j.transfer.rdma.verbs;

import java.io.IOException;

/**
 * A reliable queue pair without rdma_cm, moved from RESET to RTS by its owner, one step after the other. A step that fails
 * leaves it good for nothing but its close. One thread at a time.
 */
public final class OwnQueuePair implements AutoCloseable {
    private final QueuePair queuePair;
    private final long handle;

    private OwnQueuePair(QueuePair queuePair, long handle) {
        this.queuePair = queuePair;
        this.handle = handle;
    }

    /** Caps are clamped to the device's, as {@link CmId#createQueuePair} says. */
    public static OwnQueuePair create(
            ProtectionDomain pd, CompletionQueue cq, int sendDepth, int recvDepth, int inlineBytes) throws IOException {
        int[] out = new int[5];
        long made = NativeVerbs.createOwnQp(pd.handle(), cq.handle(), sendDepth, recvDepth, inlineBytes, out);
        try {
            QueuePair queuePair = new QueuePair(
                    new Object(), () -> NativeVerbs.destroyOwnQp(made), made, Math.min(sendDepth, out[0]), out[4]);
            return new OwnQueuePair(queuePair, made);
        } catch (IOException | RuntimeException e) {
            NativeVerbs.destroyOwnQp(made);
            throw e;
        }
    }

    /** To post by, once it is in RTS. */
    public QueuePair queuePair() {
        return queuePair;
    }

    /** From RESET to INIT. */
    public void init(int port, int pkeyIndex) throws IOException {
        NativeVerbs.qpToInit(handle, port, pkeyIndex);
    }

    /** From INIT to RTR: requests of the peer are served from now on. */
    public void receive(Route route) throws IOException {
        NativeVerbs.qpToReceive(
                handle,
                route.port(),
                route.gidIndex(),
                mtuCode(route.mtuBytes()),
                route.peerNumber(),
                route.peerSequence(),
                route.peerLid(),
                route.peerGid(),
                route.reads(),
                route.trafficClass(),
                route.serviceLevel());
    }

    /**
     * From RTR to RTS.
     *
     * @param sequence number of our first packet, 24 bits, which the peer was told
     * @param reads of ours under way at once
     * @param timeout 4.096 µs times two to the power of it, after which a packet without an answer is sent again
     * @param retries of a packet, at most 7
     */
    public void send(int sequence, int reads, int timeout, int retries) throws IOException {
        NativeVerbs.qpToSend(handle, sequence, reads, timeout, retries);
    }

    /** When it returns, the peer can't touch memory by it. Idempotent; when it throws, that isn't known. */
    @Override
    public void close() throws IOException {
        queuePair.destroy();
    }

    private static int mtuCode(int bytes) {
        return Integer.numberOfTrailingZeros(Integer.highestOneBit(Math.max(256, Math.min(bytes, 4096)))) - 7;
    }
}
