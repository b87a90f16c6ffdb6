package io.mooncake4j.transfer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.engine.TestNode.TokenDraft;
import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.engine.TransportFixture.RunningNode;
import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.safety.SafetySwitches;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.SealKey;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every transport must do. A transport's test extends it with its fixture. */
public abstract class TransportBehaviour {
    private static final int REGION_BYTES = 40 << 20;
    private static final byte UNTOUCHED = 0x55;

    private final UUID client = UUID.randomUUID();
    private final List<AutoCloseable> closeables = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** The transport under test. */
    protected abstract TransportFixture fixture();

    @AfterEach
    void closeAll() throws Exception {
        threads.shutdownNow();
        for (int i = closeables.size() - 1; i >= 0; i--) {
            closeables.get(i).close();
        }
        assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    // ---- right bytes

    enum Buffers {
        DIRECT,
        HEAP,
        SCATTERED
    }

    static Stream<Arguments> sizesAndBuffers() {
        int[] sizes = {1, 7, 511, 4096, 4097, 16_383, 16_384, 65_535, 65_537, 1 << 20, (1 << 20) + 513, 16 << 20};
        return Stream.of(Buffers.values())
                .flatMap(buffers -> Arrays.stream(sizes).mapToObj(size -> Arguments.of(size, buffers)));
    }

    @ParameterizedTest
    @MethodSource("sizesAndBuffers")
    void shouldMoveRightBytesWhenSizeAndBuffersVary(int size, Buffers kind) throws Exception {
        int at = 12_345;
        TestNode node = new TestNode(1, at + size + 4096, SafetyRules.ALL);
        Transport transport = transport();
        int port = start(node, AccessHook.NONE).port();
        BytePattern.fill(node.memory(0, 0, at + size + 4096), 1, 0);

        ByteBuffer[] source = buffers(kind, size);
        fill(source, 2);
        TransferOp write = new TransferOp(0, 10, source);
        run(transport, port, node.draft(Mode.WRITE, client).range(0, at - 10, size + 20), write);
        assertThat(write.outcome()).as(write.detail()).isEqualTo(Outcome.DONE);
        BytePattern.check(node.memory(0, at, size), 2, 0);
        BytePattern.check(node.memory(0, 0, at), 1, 0);
        BytePattern.check(node.memory(0, at + size, 4096), 1, at + size);

        ByteBuffer[] destination = buffers(kind, size);
        TransferOp read = new TransferOp(0, 10, destination);
        run(transport, port, node.draft(Mode.READ, client).range(0, at - 10, size + 20), read);
        assertThat(read.outcome()).as(read.detail()).isEqualTo(Outcome.DONE);
        check(destination, 2);
    }

    @Test
    void shouldLeaveBytesAroundTheBufferWhenReading() throws Exception {
        TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
        BytePattern.fill(node.memory(0, 0, 1 << 20), 1, 0);
        ByteBuffer around = filled(ByteBuffer.allocateDirect(100_000));
        ByteBuffer heapAround = filled(ByteBuffer.allocate(100_000));
        TransferOp direct = new TransferOp(0, 0, around.slice(1000, 70_000));
        TransferOp heap = new TransferOp(0, 5, heapAround.slice(1000, 70_000));
        run(
                transport(),
                start(node, AccessHook.NONE).port(),
                node.draft(Mode.READ, client).range(0, 0, 1 << 20),
                direct,
                heap);
        for (ByteBuffer buffer : List.of(around, heapAround)) {
            BytePattern.checkAll(buffer.slice(0, 1000), UNTOUCHED);
            BytePattern.checkAll(buffer.slice(71_000, 29_000), UNTOUCHED);
        }
        BytePattern.check(around.slice(1000, 70_000), 1, 0);
        BytePattern.check(heapAround.slice(1000, 70_000), 1, 5);
    }

    @Test
    void shouldMoveRightBytesWhenManyOpsArePipelined() throws Exception {
        TestNode node = new TestNode(3, REGION_BYTES, SafetyRules.ALL);
        Transport transport = transport();
        int port = start(node, AccessHook.NONE).port();
        Random random = new Random(42);
        int count = 5000;
        int[] sizes = random.ints(count, 0, 9000).toArray();
        sizes[count / 2] = 5 << 20;
        TokenDraft writing = node.draft(Mode.WRITE, client);
        TokenDraft reading = node.draft(Mode.READ, client);
        List<TransferOp> writes = new ArrayList<>();
        List<TransferOp> reads = new ArrayList<>();
        int[] next = new int[node.count()];
        for (int i = 0; i < count; i++) {
            int region = i % node.count();
            writing.range(region, next[region], sizes[i]);
            reading.range(region, next[region], sizes[i]);
            next[region] += sizes[i] + 3;
            ByteBuffer[] source = buffers(Buffers.values()[i % 3], sizes[i]);
            fill(source, i);
            writes.add(new TransferOp(i, 0, source));
            reads.add(new TransferOp(i, 0, buffers(Buffers.values()[(i + 1) % 3], sizes[i])));
        }
        transport.run(transfer(port, writing.seal(), writes), soon());
        transport.run(transfer(port, reading.seal(), reads), soon());
        for (int i = 0; i < count; i++) {
            assertThat(writes.get(i).outcome()).isEqualTo(Outcome.DONE);
            assertThat(reads.get(i).outcome()).isEqualTo(Outcome.DONE);
            check(reads.get(i).buffers(), i);
        }
    }

    @Test
    void shouldMoveRightBytesWhenOpsExceedOneRequest() throws Exception {
        TestNode node = new TestNode(3, REGION_BYTES, SafetyRules.ALL);
        ByteBuffer source = ByteBuffer.allocateDirect(30 << 20);
        BytePattern.fill(source, 9, 0);
        TokenDraft draft = node.draft(Mode.WRITE, client);
        List<TransferOp> writes = new ArrayList<>();
        for (int region = 0; region < node.count(); region++) {
            draft.range(region, 64, source.capacity());
            writes.add(new TransferOp(region, 0, source.duplicate()));
        }
        transport().run(transfer(start(node, AccessHook.NONE).port(), draft.seal(), writes), soon());
        for (int region = 0; region < node.count(); region++) {
            assertThat(writes.get(region).outcome()).isEqualTo(Outcome.DONE);
            assertThat(node.memory(region, 64, source.capacity())).isEqualTo(source);
        }
    }

    @Test
    void shouldMoveRightBytesWhenThreadsRunAtOnce() throws Exception {
        TestNode node = new TestNode(1, REGION_BYTES, SafetyRules.ALL);
        Transport transport = transport();
        int port = start(node, AccessHook.NONE).port();
        List<Future<?>> running = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            int base = t * (4 << 20);
            long seed = t;
            running.add(threads.submit(() -> {
                Random random = new Random(seed);
                for (int i = 0; i < 30; i++) {
                    int size = 1 + random.nextInt(i % 10 == 0 ? 300_000 : 20_000);
                    int at = base + random.nextInt(1 << 20);
                    ByteBuffer[] source = buffers(Buffers.values()[i % 3], size);
                    fill(source, seed * 1000 + i);
                    TransferOp write = new TransferOp(0, 0, source);
                    run(transport, port, node.draft(Mode.WRITE, client).range(0, at, size), write);
                    TransferOp read = new TransferOp(0, 0, buffers(Buffers.values()[random.nextInt(3)], size));
                    run(transport, port, node.draft(Mode.READ, client).range(0, at, size), read);
                    assertThat(List.of(write.outcome(), read.outcome())).containsOnly(Outcome.DONE);
                    check(read.buffers(), seed * 1000 + i);
                }
            }));
        }
        for (Future<?> each : running) {
            each.get(50, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldTellEachOpAfterItsLastByteWhenDone() throws Exception {
        TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
        BytePattern.fill(node.memory(0, 0, 1 << 20), 4, 0);
        List<Integer> told = new ArrayList<>();
        List<TransferOp> reads = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int index = i;
            ByteBuffer buffer = ByteBuffer.allocateDirect(30_000);
            reads.add(new TransferOp(0, i, buffer) {
                @Override
                public void done() {
                    super.done();
                    BytePattern.check(buffer, 4, index);
                    told.add(index);
                }
            });
        }
        int port = start(node, AccessHook.NONE).port();
        transport()
                .run(
                        transfer(
                                port,
                                node.draft(Mode.READ, client)
                                        .range(0, 0, 1 << 20)
                                        .seal(),
                                reads),
                        soon());
        assertThat(told).hasSize(20).isSorted();
    }

    // ---- tokens (S3)

    /** What the master sealed, but not for this access; and what was changed after it was sealed. */
    enum Spoiled {
        FORGED(draft -> draft.key = new SealKey(new byte[32])),
        EXPIRED(draft -> draft.deadlineTicks = System.nanoTime() - 1),
        OTHER_SEGMENT(draft -> draft.segment = UUID.randomUUID()),
        OLDER_EPOCH(draft -> draft.epoch = new Epoch(draft.epoch.clusterId(), draft.epoch.revision() - 1)),
        NEWER_EPOCH(draft -> draft.epoch = new Epoch(draft.epoch.clusterId(), draft.epoch.revision() + 1)),
        OTHER_CLUSTER(draft -> draft.epoch = new Epoch(UUID.randomUUID(), draft.epoch.revision())),
        OTHER_NONCE(draft -> draft.nonce++),
        MODE_CHANGED(draft -> draft.afterSealing = d -> d.mode = d.mode == Mode.READ ? Mode.WRITE : Mode.READ),
        CLIENT_CHANGED(draft -> draft.afterSealing = d -> d.client = UUID.randomUUID()),
        GENERATION_CHANGED(draft -> draft.afterSealing = d -> d.generation++),
        DEADLINE_CHANGED(draft -> draft.afterSealing = d -> d.deadlineTicks++),
        RANGE_CHANGED(draft -> draft.afterSealing = d -> d.range(0, 0, 4096));

        private final Consumer<TokenDraft> spoil;

        Spoiled(Consumer<TokenDraft> spoil) {
            this.spoil = spoil;
        }
    }

    @ParameterizedTest
    @EnumSource(Spoiled.class)
    void shouldRefuseWhenTokenIsWrong(Spoiled spoiled) throws Exception {
        TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
        int port = start(node, AccessHook.NONE).port();
        Transport transport = transport();
        for (Mode mode : Mode.values()) {
            filled(node.memory(0, 0, 1 << 20));
            ByteBuffer buffer = ByteBuffer.allocateDirect(200_000);
            BytePattern.fill(buffer, 3, 0);
            TransferOp op = new TransferOp(0, 0, buffer);
            TokenDraft draft = node.draft(mode, client).range(0, 0, 1 << 20);
            spoiled.spoil.accept(draft);
            run(transport, port, draft, op, new TransferOp(0, 0, buffer.duplicate()));

            assertThat(op.outcome()).isIn(Outcome.REFUSED, Outcome.NEVER_SENT);
            assertThat(op.error()).as(op.detail()).isEqualTo(ErrorCode.TOKEN_REFUSED);
            BytePattern.checkAll(node.memory(0, 0, 1 << 20), UNTOUCHED);
            BytePattern.check(buffer, 3, 0);

            TransferOp right = new TransferOp(0, 0, buffer);
            run(transport, port, node.draft(Mode.WRITE, client).range(0, 0, 1 << 20), right);
            assertThat(right.outcome()).as(right.detail()).isEqualTo(Outcome.DONE);
            BytePattern.check(node.memory(0, 0, 200_000), 3, 0);
        }
    }

    static Stream<Arguments> rangesOutside() {
        // a token's range (region, offset, length), then the operation's range index and offset; it has 1000 bytes
        return Stream.of(
                Arguments.of(0, 0, 999, 0, 0),
                Arguments.of(0, 0, 5000, 0, 4001),
                Arguments.of(0, 0, 5000, 0, -1),
                Arguments.of(0, 0, 5000, 0, Long.MAX_VALUE),
                Arguments.of(0, 0, 5000, 0, Long.MAX_VALUE - 500),
                Arguments.of(0, 0, 5000, 0, Long.MIN_VALUE),
                Arguments.of(0, 0, 5000, 2, 0),
                Arguments.of(0, 0, 5000, -1, 0),
                Arguments.of(0, (1 << 20) - 999, 5000, 0, 0),
                Arguments.of(0, Long.MAX_VALUE - 10, 5000, 0, 100),
                Arguments.of(0, -100, 5000, 0, 0),
                Arguments.of(0, 0, Long.MAX_VALUE, 0, 1 << 20),
                Arguments.of(1, 0, 5000, 0, 0),
                Arguments.of(-1, 0, 5000, 0, 0));
    }

    @ParameterizedTest
    @MethodSource("rangesOutside")
    void shouldRefuseOneOpWhenItLeavesItsRange(int region, long start, long length, int index, long offset)
            throws Exception {
        for (SafetyRules rules : List.of(SafetyRules.ALL, SafetySwitches.allExcept(SafetyRule.TOKEN_CHECK))) {
            TestNode node = new TestNode(1, 1 << 20, rules);
            filled(node.memory(0, 0, 1 << 20));
            int port = start(node, AccessHook.NONE).port();
            ByteBuffer source = ByteBuffer.allocateDirect(1000);
            BytePattern.fill(source, 3, 0);
            TransferOp before = new TransferOp(1, 0, source);
            TransferOp outside = new TransferOp(index, offset, source.duplicate());
            TransferOp after = new TransferOp(1, 5000, source.duplicate());
            TokenDraft draft =
                    node.draft(Mode.WRITE, client).range(region, start, length).range(0, 10_000, 10_000);
            run(transport(), port, draft, before, outside, after);

            assertThat(List.of(before.outcome(), after.outcome())).containsOnly(Outcome.DONE);
            BytePattern.check(node.memory(0, 10_000, 1000), 3, 0);
            BytePattern.check(node.memory(0, 15_000, 1000), 3, 0);
            boolean insideMemory = region == 0 && start == 0 && offset >= 0 && offset < 1 << 20 && index == 0;
            if (rules == SafetyRules.ALL || !insideMemory) {
                assertThat(outside.outcome()).isEqualTo(Outcome.REFUSED);
                assertThat(outside.error()).isEqualTo(ErrorCode.TOKEN_REFUSED);
                BytePattern.checkAll(node.memory(0, 0, 10_000), UNTOUCHED);
            }
        }
    }

    @Test
    void shouldServeForgedTokenWhenTokenCheckIsOff() throws Exception {
        TestNode node = new TestNode(1, 1 << 20, SafetySwitches.allExcept(SafetyRule.TOKEN_CHECK));
        BytePattern.fill(node.memory(0, 0, 1 << 20), 3, 0);
        TransferOp stolen = new TransferOp(0, 0, ByteBuffer.allocateDirect(1000));
        TokenDraft forged = node.draft(Mode.READ, client).range(0, 500, 1000);
        forged.key = new SealKey(new byte[32]);
        forged.deadlineTicks = System.nanoTime() - 1;
        run(transport(), start(node, AccessHook.NONE).port(), forged, stolen);
        assertThat(stolen.outcome()).isEqualTo(Outcome.DONE);
        BytePattern.check(stolen.buffers()[0], 3, 500);
    }

    // ---- sessions (S2)

    @Test
    void shouldRefuseGenerationForGoodWhenItWasCut() throws Exception {
        TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
        int port = start(node, AccessHook.NONE).port();
        Transport transport = transport();
        assertThat(write(transport, port, node, 3).outcome()).isEqualTo(Outcome.DONE);
        assertThat(node.sessions().cut(client, 3).toCompletableFuture()).succeedsWithin(Duration.ofSeconds(5));

        for (long generation = 1; generation <= 3; generation++) {
            TransferOp first = write(transport, port, node, generation);
            TransferOp again = write(transport(), port, node, generation);
            // a pooled connection may still look alive when the first bytes leave
            assertThat(first.outcome()).isIn(Outcome.NEVER_SENT, Outcome.UNANSWERED);
            assertThat(again.outcome()).isIn(Outcome.NEVER_SENT, Outcome.REFUSED);
            assertThat(again.error()).isEqualTo(ErrorCode.SESSION_CUT);
        }
        assertThat(write(transport, port, node, 4).outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void shouldAdmitCutGenerationWhenGenerationRuleIsOff() throws Exception {
        TestNode node = new TestNode(1, 1 << 20, SafetySwitches.allExcept(SafetyRule.GENERATION));
        int port = start(node, AccessHook.NONE).port();
        assertThat(node.sessions().cut(client, 3).toCompletableFuture()).succeedsWithin(Duration.ofSeconds(5));
        filled(node.memory(0, 0, 1 << 20)); // the memory has a new owner, which trusts the cut
        assertThat(write(transport(), port, node, 3).outcome()).isEqualTo(Outcome.DONE);
        BytePattern.check(node.memory(0, 0, 1000), 8, 0);
    }

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
        assertThat(writing.get(10, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.UNANSWERED);
        TransferOp other = new TransferOp(0, 0, ByteBuffer.allocate(1000));
        run(transport, port, node.draft(Mode.READ, UUID.randomUUID()).range(0, 0, 1000), other);
        assertThat(other.outcome()).isEqualTo(Outcome.DONE);
        assertThat(cut).isNotDone();
        assertThat(again).isNotDone();

        hook.release();
        assertThat(cut).succeedsWithin(Duration.ofSeconds(10));
        assertThat(again).succeedsWithin(Duration.ofSeconds(10));
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
        writing.get(10, TimeUnit.SECONDS);
        BytePattern.check(node.memory(0, 0, 1000), 8, 0); // and loses its bytes
    }

    // ---- failures

    @Test
    void shouldSayNeverSentWhenNobodyListens() throws Exception {
        TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
        RunningNode running = start(node, AccessHook.NONE);
        running.close();
        TransferOp op = write(transport(), running.port(), node, 1);
        assertThat(op.outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(op.error()).isEqualTo(ErrorCode.TRANSFER_FAIL);
        assertThat(op.detail()).contains("127.0.0.1:" + running.port());
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
        StallingHook hook = new StallingHook(0);
        TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
        int port = start(node, hook).port();
        ByteBuffer buffer = filled(ByteBuffer.allocateDirect(50_000));
        TransferOp op = new TransferOp(0, 0, buffer);
        Transport transport = transport();
        AccessToken token = node.draft(mode, client).range(0, 0, 50_000).seal();
        long start = System.nanoTime();
        transport.run(transfer(port, token, List.of(op)), Deadline.after(Duration.ofMillis(300)));
        assertThat(System.nanoTime() - start)
                .isBetween(TimeUnit.MILLISECONDS.toNanos(290), TimeUnit.SECONDS.toNanos(5));
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
    void shouldSayNeverSentWhenDeadlineHasPassed() throws Exception {
        TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
        TransferOp op = new TransferOp(0, 0, ByteBuffer.allocate(10));
        AccessToken token = node.draft(Mode.WRITE, client).range(0, 0, 10).seal();
        transport().run(transfer(start(node, AccessHook.NONE).port(), token, List.of(op)), Deadline.afterNanos(-1));
        assertThat(op.outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(op.error()).isEqualTo(ErrorCode.RPC_TIMEOUT);
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

    // ---- scaffolding

    private Transport transport() {
        Transport transport = fixture().newTransport();
        closeables.add(transport);
        return transport;
    }

    private RunningNode start(TestNode node, AccessHook hook) throws Exception {
        RunningNode running = fixture().start(node, hook);
        closeables.add(running);
        return running;
    }

    /** Writes 1000 bytes of seed 8 at the start of region 0. */
    private TransferOp write(Transport transport, int port, TestNode node, long generation) {
        ByteBuffer source = ByteBuffer.allocateDirect(1000);
        BytePattern.fill(source, 8, 0);
        TransferOp op = new TransferOp(0, 0, source);
        TokenDraft draft = node.draft(Mode.WRITE, client).range(0, 0, 1000);
        draft.generation = generation;
        run(transport, port, draft, op);
        return op;
    }

    private static void run(Transport transport, int port, TokenDraft draft, TransferOp... ops) {
        transport.run(transfer(port, draft.seal(), List.of(ops)), soon());
    }

    private static SegmentTransfer transfer(int port, AccessToken token, List<TransferOp> ops) {
        return new SegmentTransfer(new SegmentTarget("node", "127.0.0.1", port, token), ops);
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(30));
    }

    private static ByteBuffer filled(ByteBuffer buffer) {
        for (int i = 0; i < buffer.capacity(); i++) {
            buffer.put(i, UNTOUCHED);
        }
        return buffer;
    }

    /** Buffers whose remaining bytes are so many together. */
    private static ByteBuffer[] buffers(Buffers kind, int size) {
        switch (kind) {
            case DIRECT:
                return new ByteBuffer[] {ByteBuffer.allocateDirect(size)};
            case HEAP:
                return new ByteBuffer[] {
                    ByteBuffer.allocate(size + 5).position(3).limit(size + 3)
                };
            default:
                int third = size / 3;
                return new ByteBuffer[] {
                    ByteBuffer.allocateDirect(third + 9).position(9),
                    ByteBuffer.allocate(third),
                    ByteBuffer.allocateDirect(0),
                    ByteBuffer.allocateDirect(size - 2 * third)
                };
        }
    }

    private static void fill(ByteBuffer[] buffers, long seed) {
        long offset = 0;
        for (ByteBuffer buffer : buffers) {
            BytePattern.fill(buffer, seed, offset);
            offset += buffer.remaining();
        }
    }

    private static void check(ByteBuffer[] buffers, long seed) {
        long offset = 0;
        for (ByteBuffer buffer : buffers) {
            BytePattern.check(buffer, seed, offset);
            offset += buffer.remaining();
        }
    }
}
