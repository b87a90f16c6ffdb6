package io.mooncake4j.transfer.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BufferPoolTest {
    private static final int KIB = 1024;

    private final BufferPool pool = new BufferPool(64 * KIB);

    @AfterEach
    void nothingLeaksWhenTheTestEnds() {
        pool.close();
        assertThat(pool.leasedBytes()).isZero();
    }

    @Test
    void shouldLeaseTheSizeAskedForWhenThereIsRoom() {
        try (PooledBuffer buffer = pool.lease(5000, soon())) {
            assertThat(buffer.sizeBytes()).isEqualTo(5000);
            assertThat(buffer.buffer().remaining()).isEqualTo(5000);
            assertThat(buffer.buffer().isDirect()).isTrue();
            assertThat(buffer.buffer().alignmentOffset(0, 64)).isZero();
            assertThat(pool.leasedBytes()).isEqualTo(8 * KIB);
        }
    }

    @Test
    void shouldGoBackOnceWhenClosedTwice() {
        PooledBuffer buffer = pool.lease(64 * KIB, soon());
        buffer.close();
        buffer.close();

        assertThat(pool.leasedBytes()).isZero();
        assertCode(ErrorCode.CLOSED, buffer::buffer);
        assertCode(ErrorCode.CLOSED, buffer::retain);
    }

    @Test
    void shouldStayLeasedWhenClosedUnderATransfer() {
        PooledBuffer buffer = pool.lease(10, soon());
        buffer.retain();
        buffer.retain();
        buffer.close();

        buffer.release();
        assertThat(pool.leasedBytes()).isEqualTo(4 * KIB);
        buffer.release();
        assertThat(pool.leasedBytes()).isZero();
        assertThatThrownBy(buffer::release).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldNotGoBackWhenReleasedBeforeTheClose() {
        PooledBuffer buffer = pool.lease(10, soon());
        buffer.retain();
        buffer.release();

        assertThat(pool.leasedBytes()).isEqualTo(4 * KIB);
        assertThatThrownBy(buffer::release).isInstanceOf(IllegalStateException.class);
        buffer.close();
    }

    @Test
    void shouldRefuseWhenLargerThanThePool() {
        assertCode(ErrorCode.BUFFER_OVERFLOW, () -> pool.lease(64 * KIB + 1, soon()));
        assertCode(ErrorCode.BUFFER_OVERFLOW, () -> pool.lease(-1, soon()));
        assertCode(ErrorCode.INVALID_PARAMS, () -> new BufferPool(4095));
    }

    @Test
    void shouldBeOverloadedWhenNothingComesFreeInTime() {
        PooledBuffer all = pool.lease(64 * KIB, soon());

        assertCode(ErrorCode.OVERLOADED, () -> pool.lease(1, Deadline.after(Duration.ofMillis(30))));
        all.close();
        pool.lease(64 * KIB, soon()).close();
    }

    @Test
    void shouldServeALargeLeaseBeforeLaterSmallOnesWhenFull() {
        PooledBuffer first = pool.lease(32 * KIB, soon());
        PooledBuffer second = pool.lease(32 * KIB, soon());
        List<String> order = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> large = waiter(64 * KIB, "large", order);
        CompletableFuture<Void> small = waiter(4 * KIB, "small", order);

        first.close();
        assertThat(small).isNotDone();
        second.close();

        large.orTimeout(10, TimeUnit.SECONDS).join();
        small.orTimeout(10, TimeUnit.SECONDS).join();
        assertThat(order).containsExactly("large", "small");
    }

    @Test
    void shouldServeTheNextInLineWhenTheFirstGaveUp() {
        PooledBuffer half = pool.lease(32 * KIB, soon());
        PooledBuffer quarter = pool.lease(16 * KIB, soon());
        CompletableFuture<Void> tooLarge = CompletableFuture.runAsync(() ->
                assertCode(ErrorCode.OVERLOADED, () -> pool.lease(64 * KIB, Deadline.after(Duration.ofMillis(100)))));

        tooLarge.join();
        pool.lease(16 * KIB, soon()).close();
        half.close();
        quarter.close();
    }

    @Test
    void shouldFailWaitersAndKeepLeasesGoodWhenClosed() {
        PooledBuffer all = pool.lease(64 * KIB, soon());
        CompletableFuture<Void> waiter =
                CompletableFuture.runAsync(() -> assertCode(ErrorCode.CLOSED, () -> pool.lease(1, soon())));

        pool.close();
        waiter.join();
        all.buffer().putLong(0, 42);
        assertThat(all.buffer().getLong(0)).isEqualTo(42);
        all.close();
        assertCode(ErrorCode.CLOSED, () -> pool.lease(1, soon()));
    }

    @Test
    void shouldGiveNoByteToTwoWhenManyThreadsLease() {
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            int seed = t;
            threads.add(CompletableFuture.runAsync(() -> leaseAndCheck(new Random(seed))));
        }
        threads.forEach(CompletableFuture::join);

        pool.lease(pool.maxLeaseBytes(), soon()).close();
    }

    private void leaseAndCheck(Random random) {
        for (int i = 0; i < 2000; i++) {
            try (PooledBuffer buffer = pool.lease(8 + random.nextInt(20 * KIB), soon())) {
                long mark = random.nextLong();
                ByteBuffer bytes = buffer.buffer();
                int last = buffer.sizeBytes() - 8;
                bytes.putLong(0, mark).putLong(last, mark);
                Thread.yield();
                assertThat(bytes.getLong(last)).isEqualTo(mark);
                assertThat(last < 8 || bytes.getLong(0) == mark).isTrue();
            }
        }
    }

    private CompletableFuture<Void> waiter(int bytes, String name, List<String> order) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try (PooledBuffer buffer = pool.lease(bytes, soon())) {
                order.add(name);
            }
            done.complete(null);
        });
        waiting.start();
        await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        return done;
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(20));
    }

    private static void assertCode(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
