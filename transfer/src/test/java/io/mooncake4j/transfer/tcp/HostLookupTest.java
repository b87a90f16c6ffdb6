package io.mooncake4j.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TestNode;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HostLookupTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();
    private final HostLookup hanging = new HostLookup(this::hang);

    @AfterEach
    void release() {
        released.countDown();
    }

    /** As a name server that doesn't answer. */
    private InetAddress hang(String host) throws UnknownHostException {
        asked.incrementAndGet();
        try {
            released.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return InetAddress.getByAddress(host, new byte[] {10, 0, 0, 7});
    }

    private static StoreException failure(HostLookup lookup, String host, Duration within) {
        return catchThrowableOfType(StoreException.class, () -> lookup.find(host, Deadline.after(within)));
    }

    @Test
    void shouldGiveUpAtDeadlineAndNameHostWhenNameServerHangs() {
        StoreException failed = failure(hanging, "node-7.example", Duration.ofMillis(50));
        assertThat(failed.code()).isEqualTo(ErrorCode.RPC_TIMEOUT);
        assertThat(failed).hasMessageContaining("node-7.example");
    }

    @Test
    void shouldLookUpOnceWhenManyWaitForTheSameName() {
        List<CompletableFuture<InetAddress>> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.add(CompletableFuture.supplyAsync(
                    () -> hanging.find("slow.example", Deadline.after(SOON)), task -> new Thread(task).start()));
        }
        await().until(() -> asked.get() == 1);
        assertThat(failure(hanging, "slow.example", Duration.ofMillis(20))).isNotNull();
        assertThat(asked).hasValue(1);
        released.countDown();
        for (CompletableFuture<InetAddress> each : waiting) {
            assertThat(each.join().getHostAddress()).isEqualTo("10.0.0.7");
        }
        await().until(() -> hanging.find("slow.example", Deadline.after(SOON)) != null && asked.get() > 1);
    }

    @Test
    void shouldNameHostWhenItIsUnknown() {
        HostLookup lookup = new HostLookup(host -> {
            throw new UnknownHostException(host);
        });
        StoreException failed = failure(lookup, "nowhere.example", SOON);
        assertThat(failed.code()).isEqualTo(ErrorCode.TRANSFER_FAIL);
        assertThat(failed).hasMessageContaining("nowhere.example").hasMessageContaining("DNS");
        assertThat(failure(lookup, "nowhere.example", SOON)).isNotNull();
    }

    @Test
    void shouldAskNobodyWhenTextIsAnAddress() {
        assertThat(hanging.find("127.0.0.1", Deadline.after(SOON)).isLoopbackAddress())
                .isTrue();
        assertThat(hanging.find("::1", Deadline.after(SOON)).isLoopbackAddress())
                .isTrue();
        assertThat(asked).hasValue(0);
    }

    @Test
    void shouldKeepInterruptWhenCallerIsInterrupted() throws InterruptedException {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            StoreException failed = failure(hanging, "slow.example", SOON);
            interrupted.complete(failed.code() == ErrorCode.TRANSFER_FAIL
                    && Thread.currentThread().isInterrupted());
        });
        caller.start();
        caller.interrupt();
        assertThat(interrupted).succeedsWithin(SOON).isEqualTo(true);
        caller.join();
    }

    @Test
    void shouldFailTransferInTimeWhenNameOfNodeIsNotFound() {
        TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
        try (TcpTransport transport =
                new TcpTransport(new TcpTransportOptions(1, Duration.ofSeconds(30), 1 << 20), this::hang)) {
            TransferOp op = new TransferOp(0, 0, ByteBuffer.allocateDirect(10));
            SegmentTarget target = new SegmentTarget(
                    "node",
                    "node-9.example",
                    50_052,
                    node.draft(Mode.READ, new UUID(1, 1)).range(0, 0, 10).seal());
            transport.run(new SegmentTransfer(target, List.of(op)), Deadline.after(Duration.ofMillis(500)));
            assertThat(op.outcome()).isEqualTo(TransferOp.Outcome.NEVER_SENT);
            assertThat(op.error()).isEqualTo(ErrorCode.RPC_TIMEOUT);
            assertThat(op.detail()).contains("node-9.example");
        }
    }
}
