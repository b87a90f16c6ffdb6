package io.mooncake4j.transfer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.engine.TestNode.TokenDraft;
import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every transport must do: move the right bytes, and no others. A transport's test extends it with its fixture. */
public abstract class TransportBytesBehaviour extends TransportCase {
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
