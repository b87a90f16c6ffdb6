package io.mooncake4j.transfer.rdma.queue;

import java.io.IOException;

/**
 * What is outstanding on one queue, which is never more than its depth, and what each request stands for. Few requests
 * are signalled: a completion stands for all before it on its queue. The last of each batch always is one of them, so
 * that nothing waits for a later request that may never come. One thread; allocates nothing.
 */
final class SendWindow {
    /** Instead of an operation: the read that pushes the writes before it. */
    static final int FLUSH = -1;

    private static final int QUEUE_SHIFT = 48;
    private static final long SEQUENCE_MASK = (1L << QUEUE_SHIFT) - 1;

    private final WorkQueue queue;
    private final long idBase;
    private final int depth;
    private final int signalEvery;
    private final int inlineBytes;

    /** By sequence number modulo depth: operation, length, staging slot. */
    private final int[] ops;

    private final int[] lengths;
    private final int[] slots;

    /** Requests are numbered from 0 on: those before it have come back, */
    private long completed;
    /** those before it may be at the device, */
    private long posted;
    /** and those before it are at least staged, except for the last, which is held until it is known what follows. */
    private long added;

    private int sinceSignal;
    private boolean holding;
    private boolean heldWrite;
    private boolean heldSignal;
    private long heldLocal;
    private int heldLocalKey;
    private long heldRemote;
    private int heldRemoteKey;

    private boolean unflushed;
    private long lastWritten;
    private int lastWrittenKey;

    SendWindow(WorkQueue queue, int index, int depth, int inlineBytes) {
        this.queue = queue;
        this.idBase = (long) index << QUEUE_SHIFT;
        this.depth = depth;
        this.signalEvery = Math.max(1, depth / 4);
        this.inlineBytes = inlineBytes;
        this.ops = new int[depth];
        this.lengths = new int[depth];
        this.slots = new int[depth];
    }

    /** The index of the queue that a request belongs to. */
    static int queueOf(long wrId) {
        return (int) (wrId >>> QUEUE_SHIFT);
    }

    static long sequenceOf(long wrId) {
        return wrId & SEQUENCE_MASK;
    }

    boolean hasRoom() {
        return added - completed < depth;
    }

    /** Whether the device has not given back all that it was given. */
    boolean outstanding() {
        return posted != completed;
    }

    /** Whether it is without anything, at the device or on its way there. */
    boolean idle() {
        return added == completed;
    }

    /** Whether it carried a write since the last {@link #addFlush}. */
    boolean unflushed() {
        return unflushed;
    }

    /** Adds a request, for which there must be room. */
    void add(
            boolean write,
            int op,
            int slot,
            int lengthBytes,
            long localAddress,
            int localKey,
            long remoteAddress,
            int remoteKey) {
        if (holding) {
            stageHeld(false);
        }
        int at = (int) (added++ % depth);
        ops[at] = op;
        slots[at] = slot;
        lengths[at] = lengthBytes;
        holding = true;
        heldWrite = write;
        // siw sends an unsignalled write out of its own pages (siw_qp_tx.c, siw_qp_prepare_tx), which TCP may do
        // again after a later one has completed: memory that is filled anew then, as a slot is, needs a completion
        // of its own
        heldSignal = write && slot != Staging.NONE;
        heldLocal = localAddress;
        heldLocalKey = localKey;
        heldRemote = remoteAddress;
        heldRemoteKey = remoteKey;
        if (write) {
            unflushed = true;
            lastWritten = remoteAddress + lengthBytes - 1;
            lastWrittenKey = remoteKey;
        }
    }

    /** Adds a read of the byte that was written last: it is answered when all writes before it are placed (S7). */
    void addFlush(long scratchAddress, int scratchKey) {
        add(false, FLUSH, Staging.NONE, 1, scratchAddress, scratchKey, lastWritten, lastWrittenKey);
        unflushed = false;
    }

    /** Hands everything that was added to the device. {@code table} learns what may have reached it, even if it throws. */
    void post(OpTable table) throws IOException {
        int count = (int) (added - posted);
        if (count == 0) {
            return;
        }
        stageHeld(true);
        try {
            queue.post();
        } catch (IOException e) {
            count = queue.posted();
            throw e;
        } finally {
            for (int i = 0; i < count; i++, posted++) {
                int op = ops[(int) (posted % depth)];
                if (op != FLUSH) {
                    table.begun(op);
                }
            }
        }
    }

    private void stageHeld(boolean lastOfBatch) {
        holding = false;
        sinceSignal++;
        boolean signalled = lastOfBatch || heldSignal || sinceSignal >= signalEvery;
        if (signalled) {
            sinceSignal = 0;
        }
        long sequence = added - 1;
        int length = lengths[(int) (sequence % depth)];
        long wrId = idBase | sequence & SEQUENCE_MASK;
        if (heldWrite) {
            boolean inline = length <= inlineBytes;
            queue.stageWrite(wrId, heldLocal, heldLocalKey, length, heldRemote, heldRemoteKey, signalled, inline);
        } else {
            queue.stageRead(wrId, heldLocal, heldLocalKey, length, heldRemote, heldRemoteKey, signalled);
        }
    }

    /** How many requests come back with that one; 0 if it is none of those at the device. */
    int comingBack(long sequence) {
        return sequence >= completed && sequence < posted ? (int) (sequence - completed) + 1 : 0;
    }

    /** The operation of the request that comes back next, or {@link #FLUSH}. */
    int nextOp() {
        return ops[(int) (completed % depth)];
    }

    int nextLength() {
        return lengths[(int) (completed % depth)];
    }

    int nextSlot() {
        return slots[(int) (completed % depth)];
    }

    /** So many have come back. */
    void cameBack(int count) {
        completed += count;
    }

    void toError() throws IOException {
        queue.toError();
    }

    void destroy() throws IOException {
        queue.destroy();
    }
}
