package io.mooncake4j.transfer.rdma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import io.mooncake4j.transfer.engine.BytePattern;
import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TestNode;
import io.mooncake4j.transfer.engine.TestNode.TokenDraft;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.engine.Transport;
import io.mooncake4j.transfer.engine.TransportBytesBehaviour;
import io.mooncake4j.transfer.engine.TransportFixture;
import io.mooncake4j.transfer.memory.PooledBuffer;
import io.mooncake4j.transfer.metrics.Fallback;
import io.mooncake4j.transfer.metrics.NamedCounts;
import io.mooncake4j.transfer.metrics.RdmaMeters;
import io.mooncake4j.transfer.rdma.queue.FakeDevice;
import io.mooncake4j.transfer.rdma.queue.PathOptions;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RdmaTransportTest {
    private static final Duration PAUSE = Duration.ofMillis(300);
    private static final int BYTES = 50_000;

    private final FakeLinks links = new FakeLinks();
    private final TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
    private final int port = links.serve(node);
    private final UUID client = UUID.randomUUID();
    private final RdmaMeters meters = new RdmaMeters();
    private final RdmaTransport transport = transport(links, PAUSE, meters);

    private static RdmaTransport transport(FakeLinks links, Duration pause, RdmaMeters meters) {
        RdmaOptions d = RdmaOptions.DEFAULT;
        RdmaOptions options = new RdmaOptions(
                d.devices(),
                d.queuePairsPerLink(),
                d.sliceBytes(),
                d.maxWr(),
                d.inlineBytes(),
                2,
                3,
                pause,
                d.connectTimeout(),
                d.maxQueuePairs());
        PathOptions path = new PathOptions(
                16 << 10, 64, 256 << 10, Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofMillis(200));
        return new RdmaTransport(links, options, path, SafetyRules.ALL, meters);
    }

    @AfterEach
    void nothingIsLeftWhenItIsClosed() {
        transport.close();
        assertThat(links.closed).isTrue();
        assertThat(links.opened).allMatch(FakeDevice::isDestroyed);
        assertThat(links.opened).allMatch(device -> device.violations.isEmpty());
        assertThat(links.pool.leasedBytes()).isZero();
        assertThat(meters.queuePairs().sum()).isZero();
        links.pool.close();
    }

    @Nested
    class Bytes extends TransportBytesBehaviour {
        @Override
        protected TransportFixture fixture() {
            return new TransportFixture() {
                @Override
                public RunningNode start(TestNode served, AccessHook hook) {
                    int at = links.serve(served);
                    return new RunningNode() {
                        @Override
                        public int port() {
                            return at;
                        }

                        @Override
                        public void close() {}
                    };
                }

                @Override
                public Transport newTransport() {
                    return transport(links, PAUSE, new RdmaMeters());
                }
            };
        }
    }

    @Test
    void shouldUseOneLinkAgainWhenCallsFollowEachOther() {
        for (int i = 0; i < 10; i++) {
            assertThat(run(Mode.values()[i % 2]).outcome()).isEqualTo(Outcome.DONE);
        }
        assertThat(links.opened).hasSize(1);
        assertThat(transport.payloadBytes()).isEqualTo(10L * BYTES);
        assertThat(transport.stagedBytes()).isEqualTo(10L * BYTES);
        assertThat(meters.queuePairs().sum()).isEqualTo(2);
    }

    @Test
    void shouldUseLinksOfItsOwnForEachEpochAndGeneration() {
        run(Mode.READ);
        run(Mode.READ, draft -> draft.generation = 2);
        TransferOp next = op(Mode.READ);
        transport.run(transfer(node.nextDraft(Mode.READ, client), next), soon());
        assertThat(next.outcome()).isEqualTo(Outcome.DONE);
        run(Mode.READ);
        assertThat(links.opened).hasSize(3);
    }

    @Test
    void shouldOpenAnotherLinkWhenTheNodeEndedTheIdleOne() {
        run(Mode.WRITE);
        links.opened.get(0).stale = true;
        assertThat(run(Mode.WRITE).outcome()).isEqualTo(Outcome.DONE);
        assertThat(links.opened).hasSize(2);
        assertThat(links.opened.get(0).isDestroyed()).isTrue();
        assertThat(transport.pausedPeers()).isZero();
    }

    @Test
    void shouldReadOverAFreshLinkWhenTheFirstFails() {
        run(Mode.READ);
        links.opened.get(0).failAt = links.opened.get(0).requests + 2;
        assertThat(run(Mode.READ).outcome()).isEqualTo(Outcome.DONE);
        assertThat(links.opened).hasSize(2);
        assertThat(transport.pausedPeers()).isZero();
        assertThat(transport.fallbacks(Fallback.LINK_FAILED)).isZero();
    }

    @Test
    void shouldNotRepeatAWriteWhenItMayHaveTakenPlace() {
        links.spoil = (device, number) -> device.failAt = 2;
        TransferOp write = run(Mode.WRITE);
        assertThat(write.outcome()).isEqualTo(Outcome.UNANSWERED);
        assertThat(links.opened).hasSize(1);
        assertThat(transport.pausedPeers()).isOne();
        assertThat(transport.fallbacks(Fallback.LINK_FAILED)).isZero(); // nobody else may take it
    }

    @Test
    void shouldPauseThePeerAndTryAgainLaterWhenFreshLinksFail() {
        links.spoil = (device, number) -> device.failAt = number < 3 ? 0 : device.failAt;
        TransferOp read = run(Mode.READ);
        assertThat(read.outcome()).isEqualTo(Outcome.UNANSWERED);
        assertThat(links.opened).hasSize(3);
        assertThat(transport.fallbacks(Fallback.LINK_FAILED)).isOne();
        assertThat(errors("REM_ACCESS_ERR")).isEqualTo(3);
        assertThat(errors("WR_FLUSH_ERR")).isPositive();
        assertThat(errors(NamedCounts.OTHER)).isZero();
        assertThat(meters.pausedNodes()).isOne();

        TransferOp paused = run(Mode.READ);
        assertThat(paused.outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(paused.detail()).contains("status 10").contains("127.0.0.1:" + port);
        assertThat(transport.fallbacks(Fallback.PAUSED)).isOne();

        await().until(() -> run(Mode.READ).outcome() == Outcome.DONE);
        assertThat(transport.pausedPeers()).isZero();
        assertThat(run(Mode.WRITE).outcome()).isEqualTo(Outcome.DONE);
        assertThat(links.opened).hasSize(4);
    }

    @Test
    void shouldPauseThePeerWhenItCanNotBeReached() {
        links.unreachable = new IOException("no route; open the security group");
        TransferOp write = run(Mode.WRITE);
        assertThat(write.outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(write.error()).isEqualTo(ErrorCode.TRANSFER_FAIL);
        assertThat(write.detail()).contains("no route");
        assertThat(transport.pausedPeers()).isOne();
        assertThat(transport.fallbacks(Fallback.NOT_CONNECTED)).isOne();
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"SESSION_CUT", "TOKEN_REFUSED", "NOT_SUPPORTED", "OVERLOADED"})
    void shouldPauseThePeerOnlyWhenTheRefusalConcernsEverybody(ErrorCode code) {
        links.refusal = new StoreException(code, "as told");
        TransferOp write = run(Mode.WRITE);
        assertThat(write.outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(write.error()).isEqualTo(code);
        boolean all = code == ErrorCode.NOT_SUPPORTED || code == ErrorCode.OVERLOADED;
        assertThat(transport.pausedPeers()).isEqualTo(all ? 1 : 0);
    }

    @Test
    void shouldLeaveAllToOthersWhenMemoryCanNotBeRegistered() {
        links.noMemory = new IOException("raise ulimit -l");
        assertThat(run(Mode.WRITE).outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(run(Mode.READ).detail()).contains("ulimit");
        assertThat(transport.fallbacks(Fallback.OFF)).isOne();
        assertThat(transport.pausedPeers()).isZero();
    }

    @Test
    void shouldCountWhatIsLeftWhenThereIsNoRoomToCopyThrough() {
        PooledBuffer all = links.pool.lease(links.pool.maxLeaseBytes(), soon());
        TransferOp op = op(Mode.WRITE);
        transport.run(transfer(node.draft(Mode.WRITE, client), op), Deadline.after(Duration.ofMillis(100)));
        assertThat(op.outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(transport.fallbacks(Fallback.NO_STAGING)).isOne();
        all.close();
        assertThat(run(Mode.WRITE).outcome()).isEqualTo(Outcome.DONE);
        assertThat(links.opened).hasSize(1);
    }

    @Test
    void shouldSayNeverSentWhenTimeIsOverOrThreadInterrupted() {
        TransferOp late = op(Mode.WRITE);
        transport.run(transfer(node.draft(Mode.WRITE, client), late), Deadline.afterNanos(-1));
        assertThat(late.outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(late.error()).isEqualTo(ErrorCode.RPC_TIMEOUT);
        Thread.currentThread().interrupt();
        assertThat(run(Mode.WRITE).outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(transport.pausedPeers()).isZero();
        assertThat(run(Mode.WRITE).outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void shouldFailWhatRunsWhenItIsClosed() throws Exception {
        links.spoil = (device, number) -> device.loseAt = 1;
        CompletableFuture<TransferOp> running = CompletableFuture.supplyAsync(() -> run(Mode.WRITE));
        await().until(() -> !links.opened.isEmpty() && links.opened.get(0).posts > 0);
        transport.close();
        assertThat(running.get().outcome()).isEqualTo(Outcome.UNANSWERED);
        assertThat(running.get().error()).isEqualTo(ErrorCode.CLOSED);
        TransferOp later = run(Mode.WRITE);
        assertThat(later.outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(later.error()).isEqualTo(ErrorCode.CLOSED);
    }

    @Test
    void shouldNotPauseThePeerWhenTheCallerHadLittleTime() {
        links.refusal = new StoreException(ErrorCode.RPC_TIMEOUT, "too slow");
        TransferOp hasty = op(Mode.READ);
        transport.run(transfer(node.draft(Mode.READ, client), hasty), Deadline.after(Duration.ofMillis(900)));
        assertThat(hasty.outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(transport.pausedPeers()).isZero();
        run(Mode.READ);
        assertThat(transport.pausedPeers()).isOne();
    }

    @Test
    void shouldNotOpenALinkWhenThePeerWasPausedMeanwhile() throws Exception {
        CountDownLatch inside = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger opens = new AtomicInteger();
        links.opening = () -> {
            opens.incrementAndGet();
            inside.countDown();
            awaitLatch(go);
        };
        links.unreachable = new IOException("no route");
        List<CompletableFuture<TransferOp>> opening = List.of(readLater(), readLater());
        awaitLatch(inside); // both slots
        Thread waiting = new Thread(() -> run(Mode.READ), "waiting");
        waiting.start();
        await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        go.countDown();
        waiting.join();
        for (CompletableFuture<TransferOp> each : opening) {
            assertThat(each.get().outcome()).isEqualTo(Outcome.NEVER_SENT);
        }
        assertThat(opens).hasValue(2);
        assertThat(transport.fallbacks(Fallback.PAUSED)).isOne();
    }

    @Test
    void shouldLeaveHalfTheTimeToOthersWhenAllLinksAreBusy() throws Exception {
        CountDownLatch inside = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        links.opening = () -> {
            inside.countDown();
            awaitLatch(go);
        };
        List<CompletableFuture<TransferOp>> busy = List.of(readLater(), readLater());
        awaitLatch(inside);
        Deadline deadline = Deadline.after(Duration.ofSeconds(4));
        TransferOp op = op(Mode.WRITE);
        transport.run(transfer(node.draft(Mode.WRITE, client), op), deadline);
        assertThat(deadline.expired()).isFalse();
        assertThat(op.outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(op.error()).isEqualTo(ErrorCode.RPC_TIMEOUT);
        assertThat(transport.pausedPeers()).isZero();
        go.countDown();
        for (CompletableFuture<TransferOp> each : busy) {
            each.get();
        }
    }

    @Test
    void shouldLeaveAllToOthersWhenTheDeviceIsLost() {
        assertThat(run(Mode.READ).outcome()).isEqualTo(Outcome.DONE);
        assertThat(meters.isMissing()).isFalse();
        links.lost = "the device has failed";
        assertThat(meters.isMissing()).isTrue();
        assertThat(run(Mode.READ).detail()).contains("the device has failed");
        assertThat(transport.fallbacks(Fallback.OFF)).isOne();
        assertThat(transport.pausedPeers()).isZero();
    }

    @Test
    void shouldDropTheLinkWhenAnOperationThrows() {
        TransferOp thrower = new TransferOp(0, 3, ByteBuffer.allocate(10)) {
            private int failures;

            @Override
            public void done() {
                throw new IllegalStateException("as told");
            }

            @Override
            public void failed(Outcome outcome, ErrorCode code, String why) {
                if (failures++ > 0) {
                    throw new IllegalStateException("as told");
                }
                super.failed(outcome, code, why);
            }
        };
        assertThatThrownBy(() -> transport.run(transfer(node.draft(Mode.WRITE, client), thrower), soon()))
                .hasMessageContaining("as told");
        assertThat(links.opened.get(0).isDestroyed()).isTrue();
        assertThat(run(Mode.WRITE).outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void shouldFinishTheCloseLaterWhenALinkTakesLongToLetGo() throws Exception {
        links.spoil = (device, number) -> {
            device.loseAt = 1;
            device.losesFlushed = true;
            device.destroyFailures = 200; // 1 s
        };
        CompletableFuture<TransferOp> running = CompletableFuture.supplyAsync(() -> run(Mode.WRITE));
        await().until(() -> !links.opened.isEmpty() && links.opened.get(0).posts > 0);
        transport.close(Duration.ofMillis(1));
        assertThat(links.closed).isFalse();
        assertThat(running.get().error()).isEqualTo(ErrorCode.CLOSED);
        assertThat(links.closed).isTrue();
    }

    private long errors(String status) {
        return meters.completionErrors().byName().get(status).sum();
    }

    /** In a thread of its own, for the common pool has but one on two processors. */
    private CompletableFuture<TransferOp> readLater() {
        return CompletableFuture.supplyAsync(() -> run(Mode.READ), task -> new Thread(task, "reader").start());
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void shouldAllocateNothingInSteadyState(Mode mode) {
        links.spoil = (device, number) -> {
            device.placesLate = false;
            device.lingers = false;
        };
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (PooledBuffer buffer = links.pool.lease(40_000, soon())) {
            SegmentTransfer transfer = transfer(node.draft(mode, client), new TransferOp(0, 0, buffer.buffer()));
            Deadline deadline = soon();
            runs(transfer, deadline);
            long before = threads.getCurrentThreadAllocatedBytes();
            runs(transfer, deadline);
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
            assertThat(transport.stagedBytes()).isZero();
        }
    }

    private void runs(SegmentTransfer transfer, Deadline deadline) {
        for (int i = 0; i < 10_000; i++) {
            transport.run(transfer, deadline);
            if (transfer.ops().get(0).outcome() != Outcome.DONE) {
                throw new IllegalStateException(transfer.ops().get(0).detail());
            }
        }
    }

    private TransferOp run(Mode mode) {
        return run(mode, draft -> {});
    }

    private TransferOp run(Mode mode, Consumer<TokenDraft> spoil) {
        TransferOp op = op(mode);
        TokenDraft draft = node.draft(mode, client);
        spoil.accept(draft);
        transport.run(transfer(draft, op), soon());
        if (op.outcome() == Outcome.DONE) {
            BytePattern.check(mode == Mode.READ ? op.buffers()[0] : node.memory(0, 3, BYTES), 5, 3);
        }
        return op;
    }

    private TransferOp op(Mode mode) {
        ByteBuffer buffer = ByteBuffer.allocate(BYTES);
        BytePattern.fill(mode == Mode.WRITE ? buffer : node.memory(0, 3, BYTES), 5, 3);
        return new TransferOp(0, 3, buffer);
    }

    private SegmentTransfer transfer(TokenDraft draft, TransferOp op) {
        SegmentTarget target = new SegmentTarget(
                "node", "127.0.0.1", port, draft.range(0, 0, 1 << 20).seal());
        return new SegmentTransfer(target, List.of(op));
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(30));
    }
}
