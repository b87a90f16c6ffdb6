package io.mooncake4j.transfer.rdma.verbs;

import com.ibm.disni.verbs.IbvCQ;
import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.SVCPollCq;
import com.ibm.disni.verbs.impl.NatIbvCQ;
import com.ibm.disni.verbs.impl.NatIbvContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Where queue pairs report what they finished. One user at a time; takes no heap memory once made. */
public final class CompletionQueue implements AutoCloseable {
    /** Completions that one poll takes at most. */
    static final int BATCH = 32;

    private static final int STRIDE = 48;
    private static final int STATUS = 8;
    private static final int OPCODE = 12;
    private static final int VENDOR_ERROR = 16;

    private final long handle;
    private final SVCPollCq poll;
    private final ByteBuffer polled;
    private boolean closed;

    private CompletionQueue(long handle, SVCPollCq poll, ByteBuffer polled) {
        this.handle = handle;
        this.poll = poll;
        this.polled = polled;
    }

    static CompletionQueue create(long context, int entries) throws IOException {
        long cq = NativeVerbs.createCq(context, entries);
        try {
            IbvCQ disni = new NatIbvCQ(cq, new NatIbvContext(context, null), null, entries);
            IbvWC[] list = new IbvWC[BATCH];
            for (int i = 0; i < BATCH; i++) {
                list[i] = new IbvWC();
            }
            SVCPollCq poll = disni.poll(list, BATCH);
            // DiSNI leaves out the vendor's code exactly where there was an error: read what it reads
            poll.execute();
            ByteBuffer polled = NativeVerbs.view(NativeVerbs.polledInto(), (long) BATCH * STRIDE)
                    .order(ByteOrder.nativeOrder());
            return new CompletionQueue(cq, poll, polled);
        } catch (IOException | RuntimeException e) {
            NativeVerbs.destroyCq(cq);
            throw e;
        }
    }

    /** Takes what is there, at most 32; the getters tell about these until the next call. @return how many */
    public int poll() throws IOException {
        poll.execute();
        return poll.getPolls();
    }

    /** What the request was staged with. */
    public long wrId(int i) {
        return polled.getLong(i * STRIDE);
    }

    /** See {@link WcStatus}. After an error this, {@link #wrId} and {@link #vendorError} are all that counts. */
    public int status(int i) {
        return polled.getInt(i * STRIDE + STATUS);
    }

    /** Of {@code enum ibv_wc_opcode}; garbage after an error. */
    public int opcode(int i) {
        return polled.getInt(i * STRIDE + OPCODE);
    }

    /** What the device's vendor knows the error by. */
    public int vendorError(int i) {
        return polled.getInt(i * STRIDE + VENDOR_ERROR);
    }

    long handle() {
        return handle;
    }

    /** After its queue pairs are destroyed. Idempotent. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            NativeVerbs.destroyCq(handle);
            closed = true;
            poll.free();
        }
    }
}
