package io.mooncake4j.transfer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.engine.TransportFixture.RunningNode;
import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.safety.SafetySwitches;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every transport must do whose bytes the node's own threads copy: what becomes of an operation when such a thread
 * stalls between the check and the copy. A transport's test extends it with its fixture. One-sided access has no such
 * thread to stall: its transport has tests of the same faults in mid-transfer instead ({@code FaultsOverDevice}).
 */
public abstract class TransportStallBehaviour extends TransportCase {
    @Test
    void shouldNotConfirmCutWhileThreadMayStillCopy() throws Exception {
        StallingHook hook = new StallingHook(0);
        TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
        int port = start(node, hook).port();
        Transport transport = transport();
        Future<TransferOp> writing = threads.submit(() -> write(transport, port, node, 1));
        hook.awaitStall();
        CompletableFuture<Void> cut = node.sessions().cut(client, 1).toCompletableFuture();
        CompletableFuture<Void> again = node.sessions().cut(client, 1).toCompletableFuture();
        assertThat(writing.get(20, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.UNANSWERED);
        TransferOp other = new TransferOp(0, 0, ByteBuffer.allocate(1000));
        run(transport, port, node.draft(Mode.READ, UUID.randomUUID()).range(0, 0, 1000), other);
        assertThat(other.outcome()).isEqualTo(Outcome.DONE);
        assertThat(cut).isNotDone();
        assertThat(again).isNotDone();

        hook.release();
        assertThat(cut).succeedsWithin(Duration.ofSeconds(20));
        assertThat(again).succeedsWithin(Duration.ofSeconds(20));
        filled(node.memory(0, 0, 1 << 20)); // the memory has a new owner, which trusts the cut
        await().during(Duration.ofMillis(100))
                .untilAsserted(() -> BytePattern.checkAll(node.memory(0, 0, 1000), UNTOUCHED));
    }

    @Test
    void shouldOverwriteNewOwnersBytesWhenSessionCutIsOff() throws Exception {
        StallingHook hook = new StallingHook(0);
        TestNode node = new TestNode(1, 1 << 20, SafetySwitches.allExcept(SafetyRule.SESSION_CUT));
        int port = start(node, hook).port();
        Transport transport = transport();
        Future<TransferOp> writing = threads.submit(() -> write(transport, port, node, 1));
        hook.awaitStall();
        assertThat(node.sessions().cut(client, 1).toCompletableFuture()).isCompleted();
        filled(node.memory(0, 0, 1 << 20)); // the memory has a new owner, which trusts the cut
        hook.release();
        writing.get(20, TimeUnit.SECONDS);
        BytePattern.check(node.memory(0, 0, 1000), 8, 0); // and loses its bytes
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void shouldSayWhatArrivedWhenNodeDiesInMidTransfer(Mode mode) throws Exception {
        StallingHook hook = new StallingHook(10);
        TestNode node = new TestNode(1, REGION_BYTES, SafetyRules.ALL);
        BytePattern.fill(node.memory(0, 0, REGION_BYTES), 5, 0);
        RunningNode running = start(node, hook);
        int size = 100_000;
        List<TransferOp> ops = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(size);
            BytePattern.fill(buffer, mode == Mode.WRITE ? 5 : 6, (long) i * size);
            ops.add(new TransferOp(0, (long) i * size, buffer));
        }
        AccessToken token = node.draft(mode, client).range(0, 0, REGION_BYTES).seal();
        Transport transport = transport();
        Future<?> transferring = threads.submit(() -> transport.run(transfer(running.port(), token, ops), soon()));
        hook.awaitStall();
        Future<?> dying = threads.submit(running::close);
        transferring.get(20, TimeUnit.SECONDS);
        hook.release();
        dying.get(20, TimeUnit.SECONDS);

        for (int i = 0; i < ops.size(); i++) {
            TransferOp op = ops.get(i);
            if (op.outcome() == Outcome.DONE) {
                BytePattern.check(op.buffers()[0], 5, (long) i * size);
            } else {
                assertThat(op.outcome()).isIn(Outcome.UNANSWERED, Outcome.NEVER_SENT);
                assertThat(op.error()).isEqualTo(ErrorCode.TRANSFER_FAIL);
            }
        }
        assertThat(ops.get(10).outcome()).isEqualTo(Outcome.UNANSWERED);
        if (mode == Mode.WRITE) {
            assertThat(ops.subList(0, 11)).extracting(TransferOp::outcome).doesNotContain(Outcome.NEVER_SENT);
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void shouldReturnInTimeAndLeaveBuffersAloneWhenPeerIsSilent(Mode mode) throws Exception {
        StallingHook hook = new StallingHook(1);
        TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
        int port = start(node, hook).port();
        ByteBuffer buffer = filled(ByteBuffer.allocateDirect(50_000));
        TransferOp op = new TransferOp(0, 0, buffer);
        Transport transport = transport();
        write(transport, port, node, 1); // so that it is connected
        AccessToken token = node.draft(mode, client).range(0, 0, 50_000).seal();
        long start = System.nanoTime();
        transport.run(transfer(port, token, List.of(op)), Deadline.after(Duration.ofMillis(300)));
        // long before the hook lets go of it
        assertThat(System.nanoTime() - start)
                .isBetween(TimeUnit.MILLISECONDS.toNanos(290), TimeUnit.SECONDS.toNanos(20));
        assertThat(op.outcome()).isEqualTo(Outcome.UNANSWERED);
        assertThat(op.error()).isEqualTo(ErrorCode.RPC_TIMEOUT);
        hook.release();
        await().untilAsserted(() -> assertThat(node.sessions().openCount()).isZero());
        BytePattern.checkAll(buffer, UNTOUCHED);
        TransferOp next = new TransferOp(0, 0, buffer);
        transport.run(transfer(port, token, List.of(next)), soon());
        assertThat(next.outcome()).as(next.detail()).isEqualTo(Outcome.DONE);
    }

    @Test
    void shouldKeepInterruptAndGoOnWhenThreadIsInterrupted() throws Exception {
        StallingHook hook = new StallingHook(0);
        TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
        int port = start(node, hook).port();
        Transport transport = transport();
        List<Object> seen = new ArrayList<>();
        Thread caller = new Thread(() -> {
            seen.add(write(transport, port, node, 1).outcome());
            seen.add(write(transport, port, node, 1).outcome());
            seen.add(Thread.interrupted());
            seen.add(write(transport, port, node, 1).outcome());
        });
        caller.start();
        hook.awaitStall();
        caller.interrupt();
        caller.join(TimeUnit.SECONDS.toMillis(20));
        hook.release();
        assertThat(seen).containsExactly(Outcome.UNANSWERED, Outcome.NEVER_SENT, true, Outcome.DONE);
    }

    @Test
    void shouldFailWhatRunsWhenTransportIsClosed() throws Exception {
        StallingHook hook = new StallingHook(0);
        TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
        int port = start(node, hook).port();
        Transport transport = transport();
        Future<TransferOp> writing = threads.submit(() -> write(transport, port, node, 1));
        hook.awaitStall();
        transport.close();
        assertThat(writing.get(10, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.UNANSWERED);
        assertThat(writing.get().error()).isEqualTo(ErrorCode.CLOSED);
        hook.release();
        TransferOp late = write(transport, port, node, 1);
        assertThat(late.outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(late.error()).isEqualTo(ErrorCode.CLOSED);
    }
}
