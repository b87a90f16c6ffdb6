package io.mooncake4j.transfer.rdma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.engine.BytePattern;
import io.mooncake4j.transfer.engine.TestNode;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.engine.Transport;
import io.mooncake4j.transfer.memory.BufferPool;
import io.mooncake4j.transfer.memory.PooledBuffer;
import io.mooncake4j.transfer.rdma.RdmaFixture.ServedNode;
import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.safety.SafetySwitches;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is left of a session whose queue pairs, client, node or time end. Transfers are so long that the fault meets them
 * in the middle, which their first bytes tell.
 */
class FaultsOverDevice extends DeviceCase {
    private static final int LONG_BYTES = 32 << 20;
    private static final byte AT_NODE = 0x11;

    /** S2: the memory is somebody else's as soon as the cut is confirmed. */
    @Test
    void shouldPlaceNothingAfterCutWhenWriterIsInMidTransfer() throws Exception {
        TestNode node = new TestNode(1, LONG_BYTES, SafetyRules.ALL);
        filled(node.memory(0, 0, LONG_BYTES));
        ServedNode served = serve(node, RdmaFixture.OPTIONS);
        Transport transport = transport();
        Future<TransferOp> writing = threads.submit(() -> write(transport, node, served, 1, LONG_BYTES));
        awaitFirstBytes(node.memory(0, 0, LONG_BYTES));
        CompletableFuture<Void> cut = node.sessions().cut(client, 1).toCompletableFuture();
        assertThat(cut).succeedsWithin(PATIENCE);
        assertThat(served.rdma.queuePairs()).isZero();
        filled(node.memory(0, 0, LONG_BYTES)); // a new owner, who trusts the cut

        TransferOp op = writing.get(60, TimeUnit.SECONDS);
        assertThat(op.outcome()).isEqualTo(Outcome.UNANSWERED);
        assertThat(op.error()).isEqualTo(ErrorCode.TRANSFER_FAIL);
        assertAll(node.memory(0, 0, LONG_BYTES), UNTOUCHED);
        TransferOp again = write(transport, node, served, 1, 1000);
        assertThat(again.outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(again.error()).as(again.detail()).isEqualTo(ErrorCode.SESSION_CUT);
        assertThat(write(transport, node, served, 2, 1000).outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void shouldOverwriteNewOwnersBytesWhenSessionCutIsOff() throws Exception {
        TestNode node = new TestNode(1, 1 << 20, SafetySwitches.allExcept(SafetyRule.SESSION_CUT));
        ServedNode served = serve(node, RdmaFixture.OPTIONS);
        Transport transport = transport();
        assertThat(write(transport, node, served, 1, 1000).outcome()).isEqualTo(Outcome.DONE);
        assertThat(node.sessions().cut(client, 1).toCompletableFuture()).isCompleted();
        filled(node.memory(0, 0, 1 << 20)); // a new owner, who trusts the cut
        write(transport, node, served, 1, 1000);
        BytePattern.checkAll(node.memory(0, 0, 1000), WRITTEN); // and loses its bytes
    }

    /** S5: what a session does one-sidedly is seen by nobody, so readers are cut as writers are. */
    @Test
    void shouldCutReadersTooWhenLeaderIsSucceeded() throws Exception {
        TestNode node = new TestNode(1, 4096, SafetyRules.ALL);
        ServedNode served = serve(node, RdmaFixture.OPTIONS);
        Transport transport = transport();
        assertThat(read(transport, node, served, 1000, soon()).outcome()).isEqualTo(Outcome.DONE);
        assertThat(served.rdma.queuePairs()).isPositive();
        node.supersede();
        assertThat(node.sessions().cutWriters().toCompletableFuture()).succeedsWithin(PATIENCE);
        assertThat(served.rdma.queuePairs()).isZero();
        TransferOp late = read(transport, node, served, 1000, soon());
        assertThat(late.outcome()).isIn(Outcome.NEVER_SENT, Outcome.UNANSWERED);
        assertThat(served.rdma.queuePairs()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void shouldTouchNothingAfterwardsWhenDeadlineComesInMidTransfer(Mode mode) throws Exception {
        TestNode node = new TestNode(1, LONG_BYTES, SafetyRules.ALL);
        fill(node.memory(0, 0, LONG_BYTES), AT_NODE);
        ServedNode served = serve(node, RdmaFixture.OPTIONS);
        Transport transport = transport();
        assertThat(read(transport, node, served, 1000, soon()).outcome()).isEqualTo(Outcome.DONE); // connected
        ByteBuffer buffer = ByteBuffer.allocateDirect(LONG_BYTES);
        fill(buffer, WRITTEN);
        TransferOp whole = new TransferOp(0, 0, buffer.duplicate());
        long startNanos = System.nanoTime();
        transport.run(transfer(node, served, mode, 1, whole), soon());
        long wholeNanos = System.nanoTime() - startNanos;
        assertThat(whole.outcome()).isEqualTo(Outcome.DONE);
        TransferOp op = new TransferOp(0, 0, buffer);
        startNanos = System.nanoTime();
        transport.run(transfer(node, served, mode, 1, op), Deadline.afterNanos(wholeNanos / 5));
        assertThat(System.nanoTime() - startNanos).isLessThan(TimeUnit.SECONDS.toNanos(30));
        assertThat(op.outcome()).isEqualTo(Outcome.UNANSWERED);
        assertThat(op.error()).isEqualTo(ErrorCode.RPC_TIMEOUT);
        // reads bring the node's bytes nowhere from now on, writes read none of ours
        filled(buffer);
        if (mode == Mode.READ) {
            await().during(Duration.ofMillis(500)).untilAsserted(() -> assertAll(buffer, UNTOUCHED));
        } else {
            awaitNoQueuePairs(served, node);
            assertThat(contains(node.memory(0, 0, LONG_BYTES), UNTOUCHED)).isFalse();
        }
        assertThat(read(transport, node, served, 1000, soon()).outcome()).isEqualTo(Outcome.DONE);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void shouldSayWhatArrivedWhenNodeDiesInMidTransfer(Mode mode) throws Exception {
        TestNode node = new TestNode(1, LONG_BYTES, SafetyRules.ALL);
        fill(node.memory(0, 0, LONG_BYTES), AT_NODE);
        ServedNode served = serve(node, RdmaFixture.OPTIONS);
        int size = LONG_BYTES / 16;
        List<TransferOp> ops = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(size);
            fill(buffer, WRITTEN);
            ops.add(new TransferOp(0, (long) i * size, buffer));
        }
        Transport transport = transport();
        Future<?> running = threads.submit(
                () -> transport.run(transfer(node, served, mode, 1, ops.toArray(TransferOp[]::new)), soon()));
        awaitFirstBytes(mode == Mode.READ ? ops.get(0).buffers()[0] : node.memory(0, 0, LONG_BYTES));
        served.close();
        running.get(60, TimeUnit.SECONDS);
        assertThat(ops.get(15).outcome()).isIn(Outcome.UNANSWERED, Outcome.NEVER_SENT);
        for (int i = 0; i < 16; i++) {
            TransferOp op = ops.get(i);
            if (op.outcome() == Outcome.DONE) {
                assertAll(op.buffers()[0], AT_NODE);
            } else {
                assertThat(op.error()).as(op.detail()).isEqualTo(ErrorCode.TRANSFER_FAIL);
            }
        }
        if (mode == Mode.WRITE) {
            assertThat(ops).extracting(TransferOp::outcome).doesNotContain(Outcome.DONE);
        }
    }

    @Test
    void shouldKeepInterruptWhenThreadIsInterruptedInMidTransfer() throws Exception {
        TestNode node = new TestNode(1, LONG_BYTES, SafetyRules.ALL);
        ServedNode served = serve(node, RdmaFixture.OPTIONS);
        Transport transport = transport();
        List<Object> seen = new ArrayList<>();
        Thread caller = new Thread(() -> {
            seen.add(write(transport, node, served, 1, LONG_BYTES).outcome());
            seen.add(write(transport, node, served, 1, 1000).outcome());
            seen.add(Thread.interrupted());
            seen.add(write(transport, node, served, 1, 1000).outcome());
        });
        caller.start();
        awaitFirstBytes(node.memory(0, 0, LONG_BYTES));
        caller.interrupt();
        caller.join(TimeUnit.SECONDS.toMillis(60));
        assertThat(seen).containsExactly(Outcome.UNANSWERED, Outcome.NEVER_SENT, true, Outcome.DONE);
    }

    @Test
    void shouldFailWhatRunsAndLeaveNothingWhenTransportIsClosed() throws Exception {
        TestNode node = new TestNode(1, LONG_BYTES, SafetyRules.ALL);
        ServedNode served = serve(node, RdmaFixture.OPTIONS);
        comeAndGo(new TestNode(1, 4096, SafetyRules.ALL)); // opens what stays open
        DeviceUse before = DeviceUse.now();
        Transport transport = transport();
        Future<TransferOp> writing = threads.submit(() -> write(transport, node, served, 1, LONG_BYTES));
        awaitFirstBytes(node.memory(0, 0, LONG_BYTES));
        transport.close();
        assertThat(writing.get(60, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.UNANSWERED);
        assertThat(writing.get().error()).isEqualTo(ErrorCode.CLOSED);
        awaitNoQueuePairs(served, node);
        await().untilAsserted(() -> assertThat(DeviceUse.now()).isEqualTo(before));
    }

    @Test
    void shouldLeaveNothingWhenNodesAndClientsComeAndGo() throws Exception {
        TestNode node = new TestNode(2, 1 << 20, SafetyRules.ALL);
        comeAndGo(node);
        DeviceUse before = DeviceUse.now();
        for (int i = 0; i < 10; i++) {
            comeAndGo(node);
        }
        await().untilAsserted(() -> assertThat(DeviceUse.now()).isEqualTo(before));
    }

    @Test
    void shouldDestroyQueuePairsWhenClientIsKilled() throws Exception {
        TestNode node = new TestNode(1, LONG_BYTES, SafetyRules.ALL);
        filled(node.memory(0, 0, LONG_BYTES));
        ServedNode served = serve(node, RdmaFixture.OPTIONS);
        Process process = DoomedWriter.start(
                served.port(),
                node.draft(Mode.WRITE, client).range(0, 0, LONG_BYTES).seal());
        try {
            await().atMost(Duration.ofSeconds(120))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> node.memory(0, 0, 1).get(0) != UNTOUCHED || !process.isAlive());
            assertThat(process.isAlive()).isTrue();
            assertThat(served.rdma.queuePairs()).isPositive();
        } finally {
            process.destroyForcibly();
        }
        awaitNoQueuePairs(served, node);
        filled(node.memory(0, 0, LONG_BYTES));
        await().during(Duration.ofMillis(300)).untilAsserted(() -> assertAll(node.memory(0, 0, LONG_BYTES), UNTOUCHED));
    }

    @Test
    void shouldCopyNothingWhenBuffersAreThePools() throws Exception {
        TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
        ServedNode served = serve(node, RdmaFixture.OPTIONS);
        BufferPool pool = new BufferPool(RdmaFixture.POOL_BYTES);
        try (RdmaTransport transport =
                        new RdmaTransport(RdmaDevice.open(RdmaFixture.OPTIONS), RdmaFixture.OPTIONS, () -> pool);
                PooledBuffer lease = pool.lease(700_001, soon())) {
            BytePattern.fill(lease.buffer(), 8, 0);
            TransferOp write = new TransferOp(0, 0, lease.buffer());
            transport.run(transfer(node, served, Mode.WRITE, 1, write), soon());
            filled(lease.buffer());
            TransferOp read = new TransferOp(0, 0, lease.buffer());
            transport.run(transfer(node, served, Mode.READ, 1, read), soon());
            assertThat(List.of(write.outcome(), read.outcome())).containsOnly(Outcome.DONE);
            BytePattern.check(lease.buffer(), 8, 0);
            assertThat(transport.stagedBytes()).isZero();
            assertThat(transport.payloadBytes()).isEqualTo(2 * 700_001);
        }
    }

    private void comeAndGo(TestNode node) throws Exception {
        try (ServedNode served = new RdmaFixture().start(node, AccessHook.NONE);
                Transport transport = new RdmaFixture().newTransport()) {
            assertThat(write(transport, node, served, 1, 1000).outcome()).isEqualTo(Outcome.DONE);
        }
    }

    private static void awaitFirstBytes(ByteBuffer memory) {
        byte before = memory.get(0);
        await().pollInterval(Duration.ofMillis(1)).until(() -> memory.get(0) != before);
    }

    private static void assertAll(ByteBuffer buffer, byte value) {
        ByteBuffer expected = fill(ByteBuffer.allocate(1 << 16), value);
        for (int at = 0; at < buffer.capacity(); at += expected.capacity()) {
            int length = Math.min(expected.capacity(), buffer.capacity() - at);
            int wrong = buffer.slice(at, length).mismatch(expected.slice(0, length));
            assertThat(wrong)
                    .as("first byte after " + at + " that isn't " + value)
                    .isEqualTo(-1);
        }
    }

    private static boolean contains(ByteBuffer memory, byte value) {
        byte[] page = new byte[1 << 16];
        for (int at = 0; at + page.length <= memory.capacity(); at += page.length) {
            memory.get(at, page);
            for (byte each : page) {
                if (each == value) {
                    return true;
                }
            }
        }
        return false;
    }
}
