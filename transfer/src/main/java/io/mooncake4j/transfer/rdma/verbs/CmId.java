package io.mooncake4j.transfer.rdma.verbs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A connection of rdma_cm, or a listener. Calls that answer by an event return at once. One thread at a time; any may
 * {@link #close} it, but none may be within another call then: the handle would be somebody else's.
 */
public final class CmId implements AutoCloseable {
    /** Seven is what the field holds; on RoCE about ten seconds. iWARP has no such thing. */
    private static final int ACCEPT_RETRIES = 7;

    private final Object lock;
    private final long handle;
    private volatile @Nullable QueuePair queuePair;
    private volatile boolean closed;

    /** @param lock of the channel, held while anything is destroyed */
    CmId(Object lock, long handle) {
        this.lock = lock;
        this.handle = handle;
    }

    /** Takes over the id that a connect request brought; the caller closes it, accepted or not. */
    public static CmId ofEvent(EventChannel channel, long id) {
        return new CmId(channel.idLock(), id);
    }

    /** What {@link CmEvent#id} says; used again for a later id once this is closed. */
    public long handle() {
        return handle;
    }

    /** Binds to a local address, and so to its device; port 0 takes a free one. */
    public void bind(InetSocketAddress local) throws IOException {
        NativeVerbs.bind(open(), bytes(local), local.getPort());
    }

    /** Begins to report connect requests. */
    public void listen(int backlog) throws IOException {
        NativeVerbs.listen(open(), backlog);
    }

    /** Looks for the device and next hop; answered by ADDR_RESOLVED or ADDR_ERROR. Unbound ids take {@code from}. */
    public void resolveAddress(@Nullable InetSocketAddress from, InetSocketAddress to, int millis) throws IOException {
        NativeVerbs.resolveAddress(
                open(),
                from == null ? null : bytes(from),
                from == null ? 0 : from.getPort(),
                bytes(to),
                to.getPort(),
                millis);
    }

    /** Answered by ROUTE_RESOLVED or ROUTE_ERROR. */
    public void resolveRoute(int millis) throws IOException {
        NativeVerbs.resolveRoute(open(), millis);
    }

    /** Whether the id belongs to a device. */
    public boolean bound() {
        return NativeVerbs.contextOf(open()) != 0;
    }

    /** The id's device; equal for all ids of one device in this process. Never closed: librdmacm keeps it open. */
    public Context context() {
        long context = NativeVerbs.contextOf(open());
        if (context == 0) {
            throw new IllegalStateException("the id isn't bound to a device yet");
        }
        return new Context(context);
    }

    /**
     * A reliable queue pair of this id, which closes it. Caps are clamped to the device's: ask the result for them.
     *
     * @param sendDepth work requests outstanding at most
     * @param recvDepth at least one is taken, some devices refuse none
     * @param inlineBytes wanted; halved until the device grants it
     */
    public QueuePair createQueuePair(
            ProtectionDomain pd, CompletionQueue cq, int sendDepth, int recvDepth, int inlineBytes) throws IOException {
        int[] out = new int[5];
        long qp = NativeVerbs.createQp(open(), pd.handle(), cq.handle(), sendDepth, recvDepth, inlineBytes, out);
        try {
            QueuePair made = new QueuePair(lock, handle, qp, Math.min(sendDepth, out[0]), out[4]);
            queuePair = made;
            return made;
        } catch (IOException | RuntimeException e) {
            synchronized (lock) {
                NativeVerbs.destroyQp(handle);
            }
            throw e;
        }
    }

    /**
     * Answered by ESTABLISHED, REJECTED, UNREACHABLE or CONNECT_ERROR; iWARP may throw ECONNREFUSED at once instead.
     *
     * @param privateData at most 56 bytes on RoCE
     * @param retry of a packet that isn't acknowledged, 0 to 7; ignored by iWARP
     */
    public void connect(byte[] privateData, int retry) throws IOException {
        NativeVerbs.connect(open(), privateData, retry);
    }

    /** Accepts a connect request, after the queue pair is there; answered by ESTABLISHED. */
    public void accept() throws IOException {
        NativeVerbs.accept(open(), ACCEPT_RETRIES);
    }

    /** Refuses a connect request; the id is to be closed all the same. */
    public void reject(byte[] privateData) throws IOException {
        NativeVerbs.reject(open(), privateData);
    }

    /** This end. */
    public InetSocketAddress localAddress() throws IOException {
        int[] port = new int[1];
        byte[] address = NativeVerbs.localAddress(open(), port);
        return new InetSocketAddress(InetAddress.getByAddress(address), port[0]);
    }

    /**
     * Destroys the queue pair, then the id. Idempotent. When it returns, the peer can't touch memory by this queue pair;
     * when it throws, that isn't known.
     */
    @Override
    public void close() throws IOException {
        synchronized (lock) {
            if (closed) {
                return;
            }
            QueuePair made = queuePair;
            if (made != null) {
                made.destroy();
            } else {
                NativeVerbs.destroyQp(handle);
            }
            closed = true;
            NativeVerbs.destroyId(handle);
        }
    }

    private long open() {
        if (closed) {
            throw new IllegalStateException("the id is closed");
        }
        return handle;
    }

    private static byte[] bytes(InetSocketAddress address) throws IOException {
        InetAddress resolved = address.getAddress();
        if (resolved == null) {
            throw new IOException(address + " isn't resolved");
        }
        return resolved.getAddress();
    }
}
