package io.mooncake4j.transfer.rdma.queue;

import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.wire.AccessToken;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Cuts the operations of a run into reads and writes: each from one place here to one place there, and at most as long
 * as a slice. A cursor: while there is {@link #more}, {@link #cut} describes the next one in its fields. One thread;
 * allocates nothing.
 */
final class Slices {
    /** No address: the buffer lies outside the pool. */
    private static final long OUTSIDE = 0;

    /**
     * Linux's siw (drivers/infiniband/sw/siw/siw_qp_tx.c, siw_try_1seg, as of 6.1) sends wrong bytes for a message that is
     * short enough to go with its header if it crosses a page of the memory that it comes from. On that driver no message
     * of up to this length does, which is longer than any of those.
     */
    private static final int SHORT_BYTES = 256;

    private static final int PAGE_BYTES = 4096;
    private static final ByteBuffer[] NO_BUFFERS = {};
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final QueueLink link;
    private final LocalMemory memory;
    private final OpTable table;
    private final int sliceBytes;

    private List<? extends TransferOp> ops = List.of();
    private int[] regions = {};
    private long[] offsets = {};
    private boolean write;

    private int op;
    private ByteBuffer[] buffers = NO_BUFFERS;
    private int buffer;
    private long bufferAddress;
    private long nextRemote;
    private int nextKey;
    private int nextIndex;

    /** Of the slice cut last: its length, */
    int lengthBytes;
    /** where it lies here, */
    long localAddress;
    /** where it lies there, and by which key, */
    long remoteAddress;

    int remoteKey;
    /** to which operation it belongs, */
    int ofOp;
    /** and in which of its buffers it begins where. */
    ByteBuffer ofBuffer = NOTHING;

    int atIndex;

    Slices(QueueLink link, LocalMemory memory, OpTable table, int sliceBytes) {
        this.link = link;
        this.memory = memory;
        this.table = table;
        this.sliceBytes = Math.min(sliceBytes, link.maxMessageBytes());
    }

    /** Begins with all operations that the table doesn't skip; their ranges were checked. */
    void start(AccessToken token, List<? extends TransferOp> all) {
        ops = all;
        regions = token.regions();
        offsets = token.offsets();
        write = token.mode() == AccessToken.Mode.WRITE;
        op = -1;
        buffers = NO_BUFFERS;
        buffer = 0;
        seek();
    }

    /** Forgets the operations. */
    void end() {
        ops = List.of();
        op = 0;
        buffers = NO_BUFFERS;
        ofBuffer = NOTHING;
    }

    boolean more() {
        return op < ops.size();
    }

    /** Whether the next one lies outside the registered pool, and needs a slot of staging. */
    boolean staged() {
        return bufferAddress == OUTSIDE;
    }

    /** Where a buffer's position 0 lies, if the buffer is part of the registered pool. */
    private long inPool(ByteBuffer candidate) {
        if (!candidate.isDirect()) {
            return OUTSIDE;
        }
        long address = memory.address(candidate);
        long inArena = address - memory.arenaAddress();
        return inArena >= 0 && inArena + candidate.capacity() <= memory.arenaBytes() ? address : OUTSIDE;
    }

    boolean needsStaging(ByteBuffer candidate) {
        return inPool(candidate) == OUTSIDE;
    }

    /** Cuts the next one, which lies in the pool. */
    void cut() {
        cut(bufferAddress + nextIndex, sliceBytes);
    }

    /** Cuts the next one, of no more than that, to go through that address. */
    void cut(long throughAddress, int maxBytes) {
        ofOp = op;
        ofBuffer = buffers[buffer];
        atIndex = nextIndex;
        localAddress = throughAddress;
        remoteAddress = nextRemote;
        remoteKey = nextKey;
        int length = Math.min(Math.min(sliceBytes, maxBytes), ofBuffer.limit() - nextIndex);
        if (link.cutsAtPages() && length <= SHORT_BYTES) {
            long sender = write ? localAddress : remoteAddress;
            length = (int) Math.min(length, PAGE_BYTES - (sender & (PAGE_BYTES - 1)));
        }
        lengthBytes = length;
        nextIndex += length;
        nextRemote += length;
        if (nextIndex == ofBuffer.limit()) {
            buffer++;
            seek();
        }
    }

    /** Goes to the next buffer that has any bytes. */
    private void seek() {
        while (true) {
            for (; buffer < buffers.length; buffer++) {
                ByteBuffer next = buffers[buffer];
                if (next.hasRemaining()) {
                    nextIndex = next.position();
                    bufferAddress = inPool(next);
                    return;
                }
            }
            do {
                op++;
                if (op == ops.size()) {
                    return;
                }
            } while (table.skipped(op));
            TransferOp entered = ops.get(op);
            int region = regions[entered.range()];
            nextRemote = link.regionAddress(region) + offsets[entered.range()] + entered.offsetInRange();
            nextKey = link.regionKey(region);
            buffers = entered.buffers();
            buffer = 0;
        }
    }
}
