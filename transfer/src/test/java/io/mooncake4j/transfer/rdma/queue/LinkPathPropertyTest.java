package io.mooncake4j.transfer.rdma.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.engine.BytePattern;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever is to be moved, over whatever queues, in whatever order they complete. */
class LinkPathPropertyTest {
    @Property(tries = 400)
    void shouldMoveEveryByteExactlyOnce(
            @ForAll Random random,
            @ForAll @IntRange(min = 1, max = 5) int queues,
            @ForAll @IntRange(min = 1, max = 40) int depth,
            @ForAll @IntRange(min = 1, max = 5000) int sliceBytes,
            @ForAll boolean cutsAtPages) {
        try (PathCase it = pathCase(random, queues, depth, sliceBytes, cutsAtPages)) {
            for (int run = 0; run < 4; run++) {
                Mode mode = Mode.values()[random.nextInt(2)];
                clear(it.device.touched);
                List<TransferOp> ops = ops(it, random);
                if (mode == Mode.WRITE) {
                    ops.forEach(PathCase::toWrite);
                } else {
                    refill(it);
                }
                assertThat(it.path().run(it.token(mode), ops, PathCase.soon()))
                        .as(() -> it.path().cause() + it.device.violations)
                        .isEqualTo(PathEnd.COMPLETE);
                byte[][] expected = new byte[2][PathCase.REGION_BYTES];
                for (TransferOp op : ops) {
                    if (mode == Mode.READ) {
                        PathCase.checkRead(op);
                    } else {
                        assertThat(op.outcome()).isEqualTo(Outcome.DONE);
                        it.checkWritten(op);
                    }
                    for (int i = 0; i < op.lengthBytes(); i++) {
                        expected[op.range()][(int) op.offsetInRange() + i] = 1;
                    }
                }
                assertThat(it.device.touched[0]).isEqualTo(expected[0]);
                assertThat(it.device.touched[1]).isEqualTo(expected[1]);
            }
            assertThat(it.device.mostOutstanding).isLessThanOrEqualTo(depth);
        }
    }

    @Property(tries = 400)
    void shouldKnowWhatBecameOfEachWhenTheLinkFails(
            @ForAll Random random,
            @ForAll @IntRange(min = 1, max = 4) int queues,
            @ForAll @IntRange(min = 1, max = 20) int depth,
            @ForAll Mode mode,
            @ForAll @IntRange(min = 0, max = 100) int failAt) {
        try (PathCase it = pathCase(random, queues, depth, 600, false)) {
            it.device.failAt = failAt;
            it.device.failStatus = random.nextBoolean() ? FakeDevice.FLUSHED : FakeDevice.REMOTE_ACCESS_ERROR;
            List<TransferOp> ops = ops(it, random);
            if (mode == Mode.WRITE) {
                ops.forEach(PathCase::toWrite);
            }
            PathEnd end = it.path().run(it.token(mode), ops, PathCase.soon());
            assertThat(end).isIn(PathEnd.COMPLETE, PathEnd.LINK_FAILED);
            assertThat(end == PathEnd.LINK_FAILED).isEqualTo(it.device.isDestroyed());
            assertThat(it.device.isIdle()).isTrue();
            for (TransferOp op : ops) {
                switch (op.outcome()) {
                    case DONE -> {
                        if (mode == Mode.READ) {
                            PathCase.checkRead(op);
                        } else {
                            it.checkWritten(op);
                        }
                    }
                    case NEVER_SENT -> {
                        for (int i = 0; i < op.lengthBytes(); i++) {
                            assertThat(it.device.touched[op.range()][(int) op.offsetInRange() + i])
                                    .isZero();
                        }
                    }
                    default -> assertThat(end).isEqualTo(PathEnd.LINK_FAILED);
                }
            }
        }
    }

    private static PathCase pathCase(Random random, int queues, int depth, int sliceBytes, boolean cutsAtPages) {
        PathCase it = new PathCase(queues, random);
        it.device.depth = depth;
        it.device.lingers = true;
        it.device.placesLate = random.nextBoolean();
        it.device.cutsAtPages = cutsAtPages;
        it.device.maxMessageBytes = 3000;
        it.options = new PathOptions(
                sliceBytes,
                1 + random.nextInt(50),
                1 + random.nextInt(20_000),
                Duration.ofMillis(20),
                Duration.ofSeconds(20),
                Duration.ofMillis(300));
        return it;
    }

    /** Some operations that don't overlap at the node, with buffers of all kinds. */
    private static List<TransferOp> ops(PathCase it, Random random) {
        List<TransferOp> ops = new ArrayList<>();
        int at = random.nextInt(5000);
        int count = random.nextInt(12);
        for (int i = 0; i < count; i++) {
            ByteBuffer[] buffers = new ByteBuffer[random.nextInt(4)];
            int bytes = 0;
            for (int b = 0; b < buffers.length; b++) {
                int size = random.nextInt(random.nextBoolean() ? 300 : 15_000);
                buffers[b] = buffer(it, size, random);
                bytes += size;
            }
            ops.add(new TransferOp(i % 2, at, buffers));
            at += bytes + random.nextInt(300);
        }
        return ops;
    }

    private static ByteBuffer buffer(PathCase it, int size, Random random) {
        int before = random.nextInt(100);
        ByteBuffer whole = switch (random.nextInt(4)) {
            case 0 -> ByteBuffer.allocate(size + 200);
            case 1 -> ByteBuffer.allocateDirect(size + 200);
            default -> it.pooled(size + 200);
        };
        return whole.position(before).limit(before + size);
    }

    private static void refill(PathCase it) {
        for (int region = 0; region < 2; region++) {
            BytePattern.fill(it.node.region(region), PathCase.THERE, (long) region * PathCase.REGION_BYTES);
        }
    }

    private static void clear(byte[][] touched) {
        for (byte[] each : touched) {
            Arrays.fill(each, (byte) 0);
        }
    }
}
