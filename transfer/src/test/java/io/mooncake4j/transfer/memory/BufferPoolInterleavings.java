package io.mooncake4j.transfer.memory;

import static io.mooncake4j.transfer.concurrency.Interleavings.check;
import static io.mooncake4j.transfer.concurrency.Interleavings.explore;
import static io.mooncake4j.transfer.concurrency.Interleavings.together;

import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Who uses a lease when its owner closes it. */
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

    /** Whoever gives back wakes the first in line, and that one the next. */
    @Test
    void shouldServeBothWhoWaitWhenBuffersComeBackOneByOne() {
        explore(() -> {
            BufferPool pool = new BufferPool(2 * BLOCK);
            Deadline never = Deadline.after(Duration.ofDays(1));
            PooledBuffer one = pool.lease(BLOCK, never);
            PooledBuffer other = pool.lease(BLOCK, never);
            together(
                    () -> pool.lease(2 * BLOCK, never).close(),
                    () -> pool.lease(BLOCK, never).close(),
                    () -> {
                        one.close();
                        other.close();
                    });
            check(pool.leasedBytes() == 0, "bytes are lost");
        });
    }

    @Test
    void shouldLetWaitersGoWhenThePoolIsClosed() {
        explore(() -> {
            BufferPool pool = new BufferPool(BLOCK);
            Deadline never = Deadline.after(Duration.ofDays(1));
            PooledBuffer held = pool.lease(BLOCK, never);
            Runnable waiter = () -> {
                try {
                    pool.lease(BLOCK, never).close();
                } catch (StoreException closed) {
                    check(closed.code() == ErrorCode.CLOSED, closed.toString());
                }
            };
            together(waiter, pool::close, held::close);
            check(pool.leasedBytes() == 0, "bytes are lost");
        });
    }
}
