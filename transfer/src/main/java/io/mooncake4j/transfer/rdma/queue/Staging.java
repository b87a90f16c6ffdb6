package io.mooncake4j.transfer.rdma.queue;

import io.mooncake4j.transfer.memory.PooledBuffer;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A leased part of the registered pool, in slots of one slice each, through which bytes are copied whose buffers the
 * device doesn't know. One thread.
 */
final class Staging {
    static final int NONE = -1;

    private static final int ALIGNMENT_BYTES = 64;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final LocalMemory memory;
    private final LongAdder copiedBytes;

    private @Nullable PooledBuffer lease;
    private ByteBuffer bytes = NOTHING;
    private long address;
    private int slotBytes;

    private int[] free = new int[0];
    private int freeCount;
    /** By slot: where its bytes go. */
    private ByteBuffer[] targets = new ByteBuffer[0];

    private int[] targetIndexes = new int[0];

    Staging(LocalMemory memory, LongAdder copiedBytes) {
        this.memory = memory;
        this.copiedBytes = copiedBytes;
    }

    /**
     * Leases what that many bytes in that many buffers need, or less; false if not even a little is to be had.
     *
     * @param maxSlots as many as can be in flight
     */
    boolean open(long totalBytes, int buffers, int largestBytes, int maxSlots, PathOptions options, Deadline deadline) {
        int slice = Math.min(Math.min(largestBytes, options.sliceBytes()), options.stagingBytes());
        slotBytes = (slice + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
        long wanted = Math.min(maxSlots, totalBytes / slotBytes + buffers);
        int slots = (int) Math.max(1, Math.min(wanted, options.stagingBytes() / slotBytes));
        return lease(slots, options, deadline) || (slots > 4 && lease(slots / 4, options, deadline));
    }

    private boolean lease(int slots, PathOptions options, Deadline deadline) {
        try {
            PooledBuffer leased = memory.lease(
                    slots * slotBytes,
                    deadline.orAfterNanos(options.stagingWait().toNanos()));
            lease = leased;
            bytes = leased.buffer();
            address = memory.address(bytes);
        } catch (StoreException e) {
            return false; // leased out: these bytes go another way, which needs no pool
        }
        if (free.length < slots) {
            free = new int[slots];
            targets = new ByteBuffer[slots];
            targetIndexes = new int[slots];
        }
        freeCount = slots;
        for (int slot = 0; slot < slots; slot++) {
            free[slot] = slot;
            targets[slot] = NOTHING;
        }
        return true;
    }

    int slotBytes() {
        return slotBytes;
    }

    long address(int slot) {
        return address + (long) slot * slotBytes;
    }

    /** A free slot, or {@link #NONE}. */
    int take() {
        return freeCount == 0 ? NONE : free[--freeCount];
    }

    void give(int slot) {
        targets[slot] = NOTHING;
        free[freeCount++] = slot;
    }

    /** Copies bytes of a buffer into a slot. */
    void copyIn(int slot, ByteBuffer source, int index, int length) {
        bytes.put(slot * slotBytes, source, index, length);
        copiedBytes.add(length);
    }

    /** Says where the bytes of a slot go when they have arrived. */
    void expect(int slot, ByteBuffer target, int index) {
        targets[slot] = target;
        targetIndexes[slot] = index;
    }

    /** Copies what has arrived in a slot to where it goes. */
    void copyOut(int slot, int length) {
        targets[slot].put(targetIndexes[slot], bytes, slot * slotBytes, length);
        copiedBytes.add(length);
    }

    /** Ends the lease: nothing may be in flight. */
    void close() {
        PooledBuffer leased = lease;
        if (leased != null) {
            lease = null;
            bytes = NOTHING;
            for (int i = 0; i < targets.length; i++) {
                targets[i] = NOTHING;
            }
            leased.close();
        }
    }
}
