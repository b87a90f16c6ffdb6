package io.mooncake4j.transfer.rdma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.engine.BytePattern;
import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TestNode;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.engine.Transport;
import io.mooncake4j.transfer.memory.BufferPool;
import io.mooncake4j.transfer.memory.PooledBuffer;
import io.mooncake4j.transfer.rdma.RdmaFixture.ServedNode;
import io.mooncake4j.transfer.rdma.cm.CmException;
import io.mooncake4j.transfer.rdma.cm.OutgoingLink;
import io.mooncake4j.transfer.rdma.verbs.CompletionQueue;
import io.mooncake4j.transfer.rdma.verbs.Memory;
import io.mooncake4j.transfer.rdma.verbs.MemoryRegion;
import io.mooncake4j.transfer.rdma.verbs.QueuePair;
import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.safety.SafetySwitches;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.tcp.Leash;
import io.mooncake4j.transfer.tcp.Leashes;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is left of a session whose queue pairs, client, node or time end, and who is not let in. Transfers are so long
 * that the fault meets them in the middle, which their first bytes tell.
 */
class FaultsOverDevice {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LONG_BYTES = 32 << 20;
    private static final byte UNTOUCHED = 0x55;
    /** What the node has, and what clients write: all the same, since a pattern takes long to make here. */
    private static final byte AT_NODE = 0x11;

    private static final byte WRITTEN = 0x22;

    private final UUID client = UUID.randomUUID();
    private final List<AutoCloseable> closeables = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void closeAll() throws Exception {
        threads.shutdownNow();
        for (int i = closeables.size() - 1; i >= 0; i--) {
            closeables.get(i).close();
        }
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shouldRejectAndLeaveNothingWhenTicketIsWrong() throws Exception {
        TestNode node = new TestNode(1, 4096, SafetyRules.ALL);
        ServedNode served = serve(node, RdmaFixture.OPTIONS);
        DeviceUse before = DeviceUse.now();
        assertRejected(served, node, ticket -> ticket + 1, "no such ticket");
        await().untilAsserted(() -> assertThat(DeviceUse.now()).isEqualTo(before));
        assertThat(write(transport(), node, served, 1, 1000).outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void shouldRejectWhenTicketIsUsedUp() throws Exception {
        TestNode node = new TestNode(1, 4096, SafetyRules.ALL);
        ServedNode served = serve(node, RdmaFixture.OPTIONS);
        RdmaDevice device = device();
        try (Leash leash = leash(served, node);
                CompletionQueue cq = device.context().createCq(64);
                OutgoingLink first = outgoing(device, cq);
                OutgoingLink second = outgoing(device, cq)) {
            LinkOffer offer = LinkOffer.decode(leash.offer());
            first.connect(offer.address(), offer.ticket(), 8, 0, soon());
            assertThatThrownBy(() -> second.connect(offer.address(), offer.ticket(), 8, 0, soon()))
                    .isInstanceOfSatisfying(
                            CmException.class, e -> assertThat(e.kind()).isEqualTo(CmException.Kind.REJECTED))
                    .hasMessageContaining("used before");
        }
        awaitNoQueuePairs(served, node);
    }

    @Test
    void shouldSayThatNobodyListensWhenThePortIsWrong() throws Exception {
        RdmaDevice device = device();
        InetSocketAddress nobody = new InetSocketAddress(device.address(), 9);
        try (CompletionQueue cq = device.context().createCq(64);
                OutgoingLink link = outgoing(device, cq)) {
            assertThatThrownBy(() -> link.connect(nobody, 1, 8, 0, soon()))
                    .isInstanceOfSatisfying(
                            CmException.class, e -> assertThat(e.kind()).isEqualTo(CmException.Kind.REJECTED))
                    .hasMessageContaining("nobody listens");
        }
    }

    /** Not on siw, which connects within the call, for as long as TCP tries. */
    @Test
    @Tag("rxe")
    void shouldSayThatNothingAnswersWhenTheAddressIsNobodys() throws Exception {
        RdmaDevice device = device();
        String own = device.address().getHostAddress();
        InetSocketAddress nobody = new InetSocketAddress(own.substring(0, own.lastIndexOf('.')) + ".99", 7471);
        try (CompletionQueue cq = device.context().createCq(64);
                OutgoingLink link = outgoing(device, cq)) {
            assertThatThrownBy(() -> link.connect(nobody, 1, 8, 0, Deadline.after(Duration.ofSeconds(5))))
                    .isInstanceOfSatisfying(
                            CmException.class,
                            e -> assertThat(e.kind())
                                    .isIn(
                                            CmException.Kind.ADDRESS,
                                            CmException.Kind.TIMED_OUT,
                                            CmException.Kind.UNREACHABLE));
        }
    }

    @Test
    void shouldRefuseByTypeWhenQueuePairsAreUsedUp() throws Exception {
        TestNode node = new TestNode(1, 4096, SafetyRules.ALL);
        ServedNode served = serve(node, RdmaFixture.OPTIONS.withMaxQueuePairs(2));
        Transport first = transport();
        assertThat(write(first, node, served, 1, 1000).outcome()).isEqualTo(Outcome.DONE);
        assertThat(served.rdma.queuePairs()).isEqualTo(2);
        TransferOp refused = write(transport(), node, served, 1, 1000);
        assertThat(refused.outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(refused.error()).as(refused.detail()).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(refused.detail()).contains("all 2 queue pairs");
        first.close();
        awaitNoQueuePairs(served, node);
        assertThat(write(transport(), node, served, 1, 1000).outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void shouldChangeNothingAndEndTheSessionWhenKeyIsWrong() throws Exception {
        TestNode node = new TestNode(1, 4096, SafetyRules.ALL);
        filled(node.memory(0, 0, 4096));
        ServedNode served = serve(node, RdmaFixture.OPTIONS);
        RdmaDevice device = device();
        ByteBuffer source = ByteBuffer.allocateDirect(4096);
        Link link = link(device, served, node);
        try (MemoryRegion memory = device.pd().register(Memory.address(source), 4096, true)) {
            QueuePair queuePair = link.queuePairs().get(0);
            int wrongKey = link.regionKey(0) ^ 0x5500;
            queuePair.stageWrite(
                    7, memory.address(), memory.localKey(), 1024, link.regionAddress(0), wrongKey, true, false);
            queuePair.stageRead(
                    8, memory.address(), memory.localKey(), 1, link.regionAddress(0), link.regionKey(0), true);
            queuePair.post();
            int failed = 0;
            Deadline end = soon();
            for (int done = 0; done < 2 && !end.expired(); Thread.yield()) {
                int polled = link.completions().poll();
                for (int i = 0; i < polled; i++, done++) {
                    failed += link.completions().status(i) == 0 ? 0 : 1;
                }
            }
            assertThat(failed).isPositive(); // a WRITE by itself may seem to succeed on iWARP (S7)
            link.close();
        }
        awaitNoQueuePairs(served, node);
        BytePattern.checkAll(node.memory(0, 0, 4096), UNTOUCHED);
        assertThat(write(transport(), node, served, 1, 1000).outcome()).isEqualTo(Outcome.DONE);
    }

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
        TransferOp op = new TransferOp(0, 0, buffer);
        long startNanos = System.nanoTime();
        transport.run(transfer(node, served, mode, 1, op), Deadline.after(Duration.ofMillis(150)));
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
    void shouldLeaveNothingWhenLinksComeAndGo() throws Exception {
        TestNode node = new TestNode(1, 4096, SafetyRules.ALL);
        ServedNode served = serve(node, RdmaFixture.OPTIONS);
        RdmaDevice device = device();
        for (int i = 0; i < 5; i++) { // what is loaded or made once
            link(device, served, node).close();
        }
        awaitNoQueuePairs(served, node);
        DeviceUse before = DeviceUse.now();
        for (int i = 0; i < 200; i++) {
            Link link = link(device, served, node);
            assertThat(link.queuePairs()).hasSize(RdmaFixture.OPTIONS.queuePairsPerLink());
            link.close();
            link.close();
        }
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
                    .until(() -> node.memory(0, 0, 1).get(0) != UNTOUCHED || !process.isAlive());
            assertThat(process.isAlive()).isTrue();
            assertThat(served.rdma.queuePairs()).isPositive();
        } finally {
            process.destroyForcibly();
        }
        awaitNoQueuePairs(served, node);
        filled(node.memory(0, 0, LONG_BYTES));
        await().during(Duration.ofMillis(300))
                .untilAsserted(() -> BytePattern.checkAll(node.memory(0, 0, 4096), UNTOUCHED));
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

    private void assertRejected(ServedNode served, TestNode node, LongUnaryOperator spoil, String words)
            throws Exception {
        RdmaDevice device = RdmaDevice.open(RdmaFixture.OPTIONS);
        try (Leash leash = leash(served, node);
                CompletionQueue cq = device.context().createCq(64);
                OutgoingLink link = outgoing(device, cq)) {
            LinkOffer offer = LinkOffer.decode(leash.offer());
            long ticket = spoil.applyAsLong(offer.ticket());
            assertThatThrownBy(() -> link.connect(offer.address(), ticket, 8, 0, soon()))
                    .isInstanceOfSatisfying(
                            CmException.class, e -> assertThat(e.kind()).isEqualTo(CmException.Kind.REJECTED))
                    .hasMessageContaining(words);
        } finally {
            device.close();
        }
        awaitNoQueuePairs(served, node);
    }

    private static OutgoingLink outgoing(RdmaDevice device, CompletionQueue cq) throws IOException {
        return new OutgoingLink(device.address(), device.pd(), cq);
    }

    private static void awaitNoQueuePairs(ServedNode served, TestNode node) {
        await().untilAsserted(() -> {
            assertThat(served.rdma.queuePairs()).isZero();
            assertThat(node.sessions().openCount()).isZero();
        });
    }

    private static void awaitFirstBytes(ByteBuffer memory) {
        byte before = memory.get(0);
        await().pollInterval(Duration.ofMillis(1)).until(() -> memory.get(0) != before);
    }

    private Leash leash(ServedNode served, TestNode node) throws Exception {
        return new Leashes(PATIENCE).open(target(node, served, Mode.READ, 1), 1, soon());
    }

    private Link link(RdmaDevice device, ServedNode served, TestNode node) throws Exception {
        return new LinkConnector(device, RdmaFixture.OPTIONS).connect(target(node, served, Mode.WRITE, 1), soon());
    }

    private RdmaDevice device() {
        RdmaDevice device = RdmaDevice.open(RdmaFixture.OPTIONS);
        closeables.add(device);
        return device;
    }

    private ServedNode serve(TestNode node, RdmaOptions options) throws Exception {
        ServedNode served = new RdmaFixture(options).start(node, AccessHook.NONE);
        closeables.add(served);
        return served;
    }

    private Transport transport() {
        Transport transport = new RdmaFixture().newTransport();
        closeables.add(transport);
        return transport;
    }

    private TransferOp write(Transport transport, TestNode node, ServedNode served, long generation, int bytes) {
        ByteBuffer source = fill(ByteBuffer.allocateDirect(bytes), WRITTEN);
        TransferOp op = new TransferOp(0, 0, source);
        transport.run(transfer(node, served, Mode.WRITE, generation, op), soon());
        return op;
    }

    private TransferOp read(Transport transport, TestNode node, ServedNode served, int bytes, Deadline deadline) {
        TransferOp op = new TransferOp(0, 0, ByteBuffer.allocateDirect(bytes));
        transport.run(transfer(node, served, Mode.READ, 1, op), deadline);
        return op;
    }

    private SegmentTransfer transfer(TestNode node, ServedNode served, Mode mode, long generation, TransferOp... ops) {
        return new SegmentTransfer(target(node, served, mode, generation), List.of(ops));
    }

    private SegmentTarget target(TestNode node, ServedNode served, Mode mode, long generation) {
        TestNode.TokenDraft draft =
                node.draft(mode, client).range(0, 0, node.region(0).capacity());
        draft.generation = generation;
        return new SegmentTarget("node", new RdmaFixture().host(), served.port(), draft.seal());
    }

    private static ByteBuffer filled(ByteBuffer buffer) {
        return fill(buffer, UNTOUCHED);
    }

    private static ByteBuffer fill(ByteBuffer buffer, byte value) {
        byte[] page = new byte[1 << 16];
        Arrays.fill(page, value);
        for (int at = 0; at < buffer.capacity(); at += page.length) {
            buffer.put(at, page, 0, Math.min(page.length, buffer.capacity() - at));
        }
        return buffer;
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

    private static Deadline soon() {
        return Deadline.after(PATIENCE);
    }
}
