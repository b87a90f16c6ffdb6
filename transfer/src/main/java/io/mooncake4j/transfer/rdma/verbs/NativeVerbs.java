package io.mooncake4j.transfer.rdma.verbs;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The natives of libdisni.so that DiSNI doesn't declare. Pointers are longs, never 0 where a method returns; arrays named
 * {@code out} are filled from index 0. Failures are {@link VerbsException}s.
 */
final class NativeVerbs {
    private NativeVerbs() {}

    /** Version, space, and how it was built. Older and foreign libraries lack it. */
    static native String buildInfo();

    /** Names such as {@code ENOMEM}; of an unknown code the number. */
    static native String errorName(int code);

    /** Of the provider's driver: the text of a completion status. */
    static native String statusText(int status);

    /** Where a direct buffer's index 0 lies, whatever its position. */
    static native long address(ByteBuffer direct);

    /** That memory as a buffer, which does not keep it. */
    static native ByteBuffer view(long address, long lengthBytes);

    static native long createChannel() throws IOException;

    static native void destroyChannel(long channel);

    /** Whether there is an event before time runs out. Takes none. */
    static native boolean awaitEvent(long channel, int millis) throws IOException;

    /**
     * The next event, acknowledged. Doesn't wait. May change the state of its id's queue pair, so nobody may destroy that
     * meanwhile.
     *
     * @param out id, id of the listener or 0, status, length of the private data
     * @return its type, -1 when there is none
     */
    static native int nextEvent(long channel, long[] out, byte[] privateData) throws IOException;

    static native long createId(long channel) throws IOException;

    static native void destroyId(long id) throws IOException;

    static native void bind(long id, byte[] address, int port) throws IOException;

    static native void listen(long id, int backlog) throws IOException;

    static native void resolveAddress(
            long id, byte @Nullable [] fromAddress, int fromPort, byte[] toAddress, int toPort, int millis)
            throws IOException;

    static native void resolveRoute(long id, int millis) throws IOException;

    static native void connect(long id, byte[] privateData, int retries) throws IOException;

    static native void accept(long id, int retries) throws IOException;

    static native void reject(long id, byte[] privateData) throws IOException;

    /** @return the address, 4 or 16 bytes; {@code out} gets the port */
    static native byte[] localAddress(long id, int[] out) throws IOException;

    /** @return the device's context; 0 before the id is bound to a device */
    static native long contextOf(long id);

    /** @param out granted: send WRs, receive WRs, send SGEs, receive SGEs, inline bytes */
    static native long createQp(long id, long pd, long cq, int sendDepth, int recvDepth, int inlineBytes, int[] out)
            throws IOException;

    static native int qpNumber(long qp);

    static native int qpState(long qp) throws IOException;

    static native void qpToError(long qp) throws IOException;

    /** Destroys the id's queue pair; nothing where it has none. */
    static native void destroyQp(long id) throws IOException;

    /** How many of the list's WRs the last failed post of this thread had taken before the one that was refused. */
    static native int postedBeforeFailure();

    static native long createCq(long context, int entries) throws IOException;

    static native void destroyCq(long cq) throws IOException;

    /** Where this thread's last poll wrote its completions. */
    static native long polledInto();

    static native void deallocPd(long pd) throws IOException;

    /** @param out local key, remote key */
    static native long register(
            long pd, long address, long lengthBytes, boolean remoteRead, boolean remoteWrite, int[] out)
            throws IOException;

    static native void deregister(long mr) throws IOException;

    static native String[] deviceNames() throws IOException;

    static native long openDevice(String name) throws IOException;

    static native void closeDevice(long context) throws IOException;

    static native String deviceName(long context);

    /**
     * @param out max QPs, WRs, SGEs, SGEs of a READ, CQs, entries of one, MRs, bytes of one, READs in flight, ports,
     *     vendor, whether iWARP
     */
    static native void queryDevice(long context, long[] out) throws IOException;

    /** The inline bytes that a queue pair gets, at most 256, found by making some. */
    static native int trialInline(long context) throws IOException;

    /** @param out state, active MTU code, entries of the GID table, most bytes of a message, link layer */
    static native void queryPort(long context, int port, long[] out) throws IOException;

    /** @return 16 bytes; zeros where the entry is empty */
    static native byte[] queryGid(long context, int port, int index) throws IOException;

    /**
     * The next async event, acknowledged.
     *
     * @param out the queue pair's number, else 0
     * @return its type, -1 when time ran out
     */
    static native int nextAsyncEvent(long context, int millis, long[] out) throws IOException;

    static native String asyncEventText(int type);
}
