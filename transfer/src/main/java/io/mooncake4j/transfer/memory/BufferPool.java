package io.mooncake4j.transfer.memory;

import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One direct arena, leased in pieces. A piece takes the next power of two of the arena, 4 KiB at least. Who finds it
 * full waits in line, so that a large lease is not starved by small ones. Safe for all threads.
 */
public final class BufferPool implements AutoCloseable {
    public static final int DEFAULT_BYTES = 64 << 20;

    private final ByteBuffer arena;
    private final BuddyAllocator blocks;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Condition> line = new ArrayDeque<>();
    private long leasedBytes;
    private boolean closed;

    /**
     * @param sizeBytes of the arena, rounded down to 4 KiB
     * @throws StoreException INVALID_PARAMS if it is too small, or the JVM may not have that much direct memory
     */
    public BufferPool(int sizeBytes) {
        if (sizeBytes < BuddyAllocator.MIN_BLOCK_BYTES) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS, "a pool of " + sizeBytes + " bytes: it must have 4096 at least");
        }
        this.arena = DirectMemory.allocate(sizeBytes);
        this.blocks = new BuddyAllocator(sizeBytes);
    }

    /** The whole memory, to make it known to a device; its content belongs to who leased it. */
    public ByteBuffer arena() {
        return arena.duplicate();
    }

    /** The longest lease there can be: the largest power of two in the arena. */
    public int maxLeaseBytes() {
        return blocks.largestBlockBytes();
    }

    /**
     * Leases so many bytes, with whatever content; waits for them until the deadline.
     *
     * @throws StoreException BUFFER_OVERFLOW if it is more than {@link #maxLeaseBytes}; OVERLOADED if nothing came free in
     *     time; CLOSED
     */
    public PooledBuffer lease(int bytes, Deadline deadline) {
        if (bytes < 0 || bytes > maxLeaseBytes()) {
            throw new StoreException(
                    ErrorCode.BUFFER_OVERFLOW,
                    "a buffer of " + bytes + " bytes: this pool's largest is " + maxLeaseBytes()
                            + "; make the pool larger");
        }
        int blockBytes = (int) BuddyAllocator.blockBytes(bytes);
        int offset = take(blockBytes, deadline);
        return new PooledBuffer(this, arena.slice(offset, bytes), offset, blockBytes);
    }

    private int take(int blockBytes, Deadline deadline) {
        lock.lock();
        try {
            int offset = line.isEmpty() && !closed ? blocks.take(blockBytes) : BuddyAllocator.NONE;
            if (offset == BuddyAllocator.NONE) {
                offset = await(blockBytes, deadline);
            }
            leasedBytes += blockBytes;
            return offset;
        } finally {
            lock.unlock();
        }
    }

    private int await(int blockBytes, Deadline deadline) {
        Condition turn = lock.newCondition();
        line.addLast(turn);
        try {
            for (; ; ) {
                if (closed) {
                    throw new StoreException(ErrorCode.CLOSED, "the buffer pool is closed");
                }
                int offset = line.peekFirst() == turn ? blocks.take(blockBytes) : BuddyAllocator.NONE;
                if (offset != BuddyAllocator.NONE) {
                    return offset;
                }
                if (deadline.expired()) {
                    throw new StoreException(
                            ErrorCode.OVERLOADED,
                            "no " + blockBytes + " bytes of the buffer pool came free in time: " + leasedBytes + " of "
                                    + arena.capacity() + " are leased; close buffers sooner or make the pool larger");
                }
                turn.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(ErrorCode.OVERLOADED, "interrupted while waiting for the buffer pool", e);
        } finally {
            line.remove(turn);
            wakeFirst();
        }
    }

    private void wakeFirst() {
        Condition first = line.peekFirst();
        if (first != null) {
            first.signal();
        }
    }

    void give(int offset, int blockBytes) {
        lock.lock();
        try {
            blocks.give(offset, blockBytes);
            leasedBytes -= blockBytes;
            wakeFirst();
        } finally {
            lock.unlock();
        }
    }

    /** What is leased now, in whole blocks. */
    public long leasedBytes() {
        lock.lock();
        try {
            return leasedBytes;
        } finally {
            lock.unlock();
        }
    }

    /** Ends leasing, also for those who wait. Buffers that are out stay good; the arena goes with the last of them. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            line.forEach(Condition::signal);
        } finally {
            lock.unlock();
        }
    }
}
