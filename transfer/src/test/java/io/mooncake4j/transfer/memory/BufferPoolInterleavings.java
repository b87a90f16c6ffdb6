package io.mooncake4j.transfer.memory;

import static io.mooncake4j.transfer.concurrency.Interleavings.check;
import static io.mooncake4j.transfer.concurrency.Interleavings.explore;
import static io.mooncake4j.transfer.concurrency.Interleavings.together;

import io.mooncake4j.transfer.wire.Deadline;
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
}
