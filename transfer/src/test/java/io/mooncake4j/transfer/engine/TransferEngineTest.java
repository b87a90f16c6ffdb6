package io.mooncake4j.transfer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class TransferEngineTest {
    private final TestNode node = new TestNode(0, 0, SafetyRules.ALL);

    @Test
    void shouldRunPeersAtTheSameTimeWhenThereAreSeveral() {
        CyclicBarrier all = new CyclicBarrier(3);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        try (TransferEngine engine = engine(2, transfer -> {
            threads.add(Thread.currentThread());
            await(all);
            done(transfer);
        })) {
            List<SegmentTransfer> transfers = transfers(3);
            engine.run(transfers, soon());
            assertThat(transfers).allMatch(each -> each.ops().get(0).outcome() == Outcome.DONE);
            assertThat(threads).hasSize(3).contains(Thread.currentThread());
        }
    }

    @Test
    void shouldRunEverythingOnceWhenWorkersAreBusy() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(2);
        Set<SegmentTransfer> ran = ConcurrentHashMap.newKeySet();
        List<SegmentTransfer> stuck = transfers(2);
        try (TransferEngine engine = engine(1, transfer -> {
            if (stuck.contains(transfer)) {
                busy.countDown();
                await(release);
            }
            assertThat(ran.add(transfer)).isTrue();
            done(transfer);
        })) {
            CompletableFuture<Void> first = CompletableFuture.runAsync(() -> engine.run(stuck, soon()));
            busy.await();
            List<SegmentTransfer> transfers = transfers(100);
            engine.run(transfers, soon());
            assertThat(ran).containsExactlyInAnyOrderElementsOf(transfers);
            release.countDown();
            assertThat(first).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    @Test
    void shouldRunEachOpOnceWhenLargeTransferIsSplit() {
        AccessToken token = node.draft(AccessToken.Mode.READ, UUID.randomUUID()).seal();
        SegmentTarget target = new SegmentTarget("node", "127.0.0.1", 1, token);
        ByteBuffer memory = ByteBuffer.allocate(5 << 20);
        for (int[] sizes : new int[][] {{5 << 20, 5 << 20}, {1, 5 << 20, 5 << 20, 1, 1}, {5 << 20}, {0, 0}, {}}) {
            List<TransferOp> ops = new ArrayList<>();
            for (int size : sizes) {
                ops.add(new TransferOp(0, 0, memory.slice(0, size)));
            }
            List<TransferOp> ran = Collections.synchronizedList(new ArrayList<>());
            try (TransferEngine engine = engine(2, transfer -> {
                ran.addAll(transfer.ops());
                done(transfer);
            })) {
                engine.run(List.of(new SegmentTransfer(target, ops)), soon());
                assertThat(ran).containsExactlyInAnyOrderElementsOf(ops);
            }
        }
    }

    @Test
    void shouldTryNextTransportOnlyWhenNothingWasWritten() {
        List<String> ran = new ArrayList<>();
        Transport unreachable = new FakeTransport("first", transfer -> {
            ran.add("first");
            fail(transfer, Outcome.NEVER_SENT);
        });
        Transport unlucky = new FakeTransport("second", transfer -> {
            ran.add("second");
            fail(transfer, Outcome.UNANSWERED);
        });
        Transport never = new FakeTransport("third", transfer -> ran.add("third"));
        List<String> seen = new ArrayList<>();
        TransferObserver observer = (transport, transfer, nanos) ->
                seen.add(transport.name() + ": " + transfer.ops().get(0).outcome());
        try (TransferEngine engine = new TransferEngine(List.of(unreachable, unlucky, never), 1, observer)) {
            SegmentTransfer write = mixed(AccessToken.Mode.WRITE, 1);
            engine.run(List.of(write), soon());
            assertThat(ran).containsExactly("first", "second");
            assertThat(seen).containsExactly("first: NEVER_SENT", "second: UNANSWERED");
            assertThat(write.ops().get(0).outcome()).isEqualTo(Outcome.UNANSWERED);
        }
    }

    @Test
    void shouldPassOnOnlyWhatDoesNoHarmTwiceWhenTransportFailsInTheMiddle() {
        for (AccessToken.Mode mode : AccessToken.Mode.values()) {
            SegmentTransfer transfer = mixed(mode, 5);
            List<? extends TransferOp> ops = transfer.ops();
            List<TransferOp> again = new ArrayList<>();
            Transport first = new FakeTransport("first", all -> {
                ops.get(0).done();
                ops.get(1).failed(Outcome.UNANSWERED, ErrorCode.TRANSFER_FAIL, "lost");
                ops.get(2).failed(Outcome.REFUSED, ErrorCode.TOKEN_REFUSED, "no");
                ops.get(3).failed(Outcome.NEVER_SENT, ErrorCode.TRANSFER_FAIL, "not reached");
                ops.get(4).done();
            });
            Transport second = new FakeTransport("second", left -> {
                again.addAll(left.ops());
                done(left);
            });
            try (TransferEngine engine = new TransferEngine(List.of(first, second), 1)) {
                engine.run(List.of(transfer), soon());
            }
            boolean read = mode == AccessToken.Mode.READ;
            assertThat(again).isEqualTo(read ? List.of(ops.get(1), ops.get(3)) : List.of(ops.get(3)));
            assertThat(ops)
                    .extracting(TransferOp::outcome)
                    .containsExactly(
                            Outcome.DONE,
                            read ? Outcome.DONE : Outcome.UNANSWERED,
                            Outcome.REFUSED,
                            Outcome.DONE,
                            Outcome.DONE);
        }
    }

    @Test
    void shouldKeepWhatTheFirstTransportSaysWhenTimeIsOver() {
        SegmentTransfer transfer = mixed(AccessToken.Mode.READ, 1);
        Transport slow = new FakeTransport("slow", all -> fail(all, Outcome.UNANSWERED));
        Transport late = new FakeTransport("late", all -> fail(all, Outcome.NEVER_SENT));
        try (TransferEngine engine = new TransferEngine(List.of(slow, late), 1)) {
            engine.run(List.of(transfer), Deadline.afterNanos(-1));
        }
        assertThat(transfer.ops().get(0).outcome()).isEqualTo(Outcome.UNANSWERED);
    }

    /** A peer that one transport fails at is no peer that doesn't answer, while another one reaches it. */
    @Test
    void shouldSkipNothingWhenTheSecondTransportMovesWhatTheFirstCouldNot() {
        SegmentTransfer large = large("node", 8);
        Transport first = new FakeTransport("first", part -> fail(part, Outcome.UNANSWERED));
        AtomicInteger moved = new AtomicInteger();
        Transport second = new FakeTransport("second", part -> {
            moved.addAndGet(part.ops().size());
            done(part);
        });
        try (TransferEngine engine = new TransferEngine(List.of(first, second), 2)) {
            engine.run(List.of(large), soon());
        }
        assertThat(moved.get()).isEqualTo(8);
        assertThat(large.ops()).allMatch(op -> op.outcome() == Outcome.DONE);
    }

    private SegmentTransfer mixed(AccessToken.Mode mode, int count) {
        AccessToken token = node.draft(mode, UUID.randomUUID()).seal();
        List<TransferOp> ops = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ops.add(new TransferOp(0, i, ByteBuffer.allocate(1)));
        }
        return new SegmentTransfer(new SegmentTarget("node", "127.0.0.1", 1, token), ops);
    }

    @Test
    void shouldWaitForWorkersAndKeepInterruptWhenInterrupted() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        List<SegmentTransfer> transfers = transfers(2);
        List<Boolean> interrupted = new ArrayList<>();
        CountDownLatch workerStarted = new CountDownLatch(1);
        Thread[] caller = new Thread[1];
        try (TransferEngine engine = engine(1, transfer -> {
            if (Thread.currentThread() == caller[0]) {
                await(workerStarted);
            } else {
                workerStarted.countDown();
                await(release);
            }
            done(transfer);
        })) {
            caller[0] = new Thread(() -> {
                engine.run(transfers, soon());
                interrupted.add(Thread.currentThread().isInterrupted());
            });
            caller[0].start();
            workerStarted.await();
            caller[0].interrupt();
            Awaitility.await().during(Duration.ofMillis(100)).until(caller[0]::isAlive);
            release.countDown();
            caller[0].join(TimeUnit.SECONDS.toMillis(20));
            assertThat(interrupted).containsExactly(true);
            assertThat(transfers).allMatch(each -> each.ops().get(0).outcome() == Outcome.DONE);
        }
    }

    @Test
    void shouldMoveEverythingOfOtherPeersWhenOneDoesNotAnswer() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch moved = new CountDownLatch(5);
        SegmentTransfer silent = large("silent", 3);
        SegmentTransfer good = large("good", 5);
        try (TransferEngine engine = engine(4, part -> {
            if (part.target() == silent.target()) {
                await(release);
            }
            done(part);
            part.ops().forEach(op -> moved.countDown());
        })) {
            Thread caller = new Thread(() -> engine.run(List.of(silent, good), soon()));
            caller.start();
            assertThat(moved.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(good.ops()).allMatch(op -> op.outcome() == Outcome.DONE);
            release.countDown();
            caller.join();
            assertThat(silent.ops()).allMatch(op -> op.outcome() == Outcome.DONE);
        }
    }

    @Test
    void shouldMoveEachOperationOnceWhenThreadsShareALargeTransfer() {
        CyclicBarrier both = new CyclicBarrier(2);
        List<TransferOp> moved = Collections.synchronizedList(new ArrayList<>());
        SegmentTransfer large = large("node", 8);
        try (TransferEngine engine = engine(1, part -> {
            await(both);
            moved.addAll(part.ops());
            done(part);
        })) {
            engine.run(List.of(large), soon());
        }
        assertThat(moved).hasSize(8).containsOnlyOnceElementsOf(new ArrayList<TransferOp>(large.ops()));
    }

    @Test
    void shouldNotTryAPeerAgainWhenItDidNotAnswer() {
        AtomicInteger tries = new AtomicInteger();
        SegmentTransfer large = large("away", 16);
        try (TransferEngine engine = engine(1, part -> {
            tries.incrementAndGet();
            fail(part, Outcome.NEVER_SENT);
        })) {
            engine.run(List.of(large), soon());
        }
        assertThat(tries.get()).isBetween(1, 2); // each of two threads may be at it
        assertThat(large.ops())
                .allMatch(op -> op.outcome() == Outcome.NEVER_SENT && op.error() == ErrorCode.TRANSFER_FAIL);
    }

    /** So many operations, each large enough to be a part of its own. */
    private SegmentTransfer large(String name, int count) {
        ByteBuffer buffer = ByteBuffer.allocate(2 << 20);
        List<TransferOp> ops = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ops.add(new TransferOp(0, 0, buffer));
        }
        AccessToken token = node.draft(AccessToken.Mode.READ, UUID.randomUUID()).seal();
        return new SegmentTransfer(new SegmentTarget(name, "127.0.0.1", 1, token), ops);
    }

    private static TransferEngine engine(int workers, Consumer<SegmentTransfer> body) {
        return new TransferEngine(List.of(new FakeTransport("fake", body)), workers);
    }

    private List<SegmentTransfer> transfers(int count) {
        List<SegmentTransfer> transfers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            AccessToken token =
                    node.draft(AccessToken.Mode.READ, UUID.randomUUID()).seal();
            transfers.add(new SegmentTransfer(
                    new SegmentTarget("node" + i, "127.0.0.1", 1, token),
                    List.of(new TransferOp(0, 0, ByteBuffer.allocate(1)))));
        }
        return transfers;
    }

    private static void done(SegmentTransfer transfer) {
        transfer.ops().forEach(TransferOp::done);
    }

    private static void fail(SegmentTransfer transfer, Outcome outcome) {
        transfer.ops().forEach(op -> op.failed(outcome, ErrorCode.TRANSFER_FAIL, "as told"));
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(30));
    }

    private static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private record FakeTransport(String name, Consumer<SegmentTransfer> body) implements Transport {
        @Override
        public void run(SegmentTransfer transfer, Deadline deadline) {
            body.accept(transfer);
        }

        @Override
        public void close() {}
    }
}
