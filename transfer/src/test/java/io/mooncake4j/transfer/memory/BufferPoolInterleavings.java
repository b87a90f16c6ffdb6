package io.mooncake4j.transfer.memory;

import static io.mooncake4j.transfer.concurrency.Interleavings.check;
import static io.mooncake4j.transfer.concurrency.Interleavings.explore;
import static io.mooncake4j.transfer.concurrency.Interleavings.together;

import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * What is leased when buffers come back. Not who wakes whom: everybody waits with a deadline, and the model checker lets
 * such a wait end at any time, so that it can't miss a signal; {@link BufferPoolTest} sees a waiter who is not woken.
 */
class BufferPoolInterleavings {
    private static final int BLOCK = BuddyAllocator.MIN_BLOCK_BYTES;

    /** A transfer retains what its caller may close in the meantime. */
    @Test
    void shouldGiveBytesBackOnceWhenOwnerClosesUnderATransfer() {
        explore(() -> {
            BufferPool pool = new BufferPool(BLOCK);
            PooledBuffer buffer = pool.lease(BLOCK, Deadline.after(Duration.ofDays(1)));
            Runnable transfer = () -> {
                try {
                    buffer.retain();
                } catch (StoreException closed) {
                    return;
                }
                check(pool.leasedBytes() == BLOCK, "it went back under a transfer");
                buffer.release();
            };
            together(transfer, transfer, buffer::close);
            check(pool.leasedBytes() == 0, "it did not go back, or twice");
        });
    }

    @Test
    void shouldHaveAllItsRoomAgainWhenBuffersComeBackAtOnce() {
        explore(() -> {
            BufferPool pool = new BufferPool(2 * BLOCK);
            Deadline now = Deadline.after(Duration.ZERO);
            PooledBuffer one = pool.lease(BLOCK, now);
            PooledBuffer other = pool.lease(BLOCK, now);
            together(one::close, other::close);
            check(pool.leasedBytes() == 0, "bytes are lost");
            pool.lease(2 * BLOCK, now).close();
        });
    }
}
