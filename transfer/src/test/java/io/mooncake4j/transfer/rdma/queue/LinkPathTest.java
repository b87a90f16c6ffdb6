package io.mooncake4j.transfer.rdma.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.transfer.engine.BytePattern;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.memory.PooledBuffer;
import io.mooncake4j.transfer.safety.SafetyRule;
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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinkPathTest {
    private static final byte UNTOUCHED = 0x55;

    @Test
    void shouldCopyNothingWhenBuffersLieInThePool() {
        try (PathCase it = new PathCase(2)) {
            TransferOp read = new TransferOp(1, 77, it.pooled(100_000), it.pooled(5));
            assertThat(it.run(Mode.READ, read)).isEqualTo(PathEnd.COMPLETE);
            PathCase.checkRead(read);
            TransferOp write = PathCase.toWrite(new TransferOp(0, 4001, it.pooled(50_000), it.pooled(1)));
            assertThat(it.run(Mode.WRITE, write)).isEqualTo(PathEnd.COMPLETE);
            it.checkWritten(write);
            assertThat(it.meters.copiedBytes().sum()).isZero();
            assertThat(it.meters.payloadBytes().sum()).isEqualTo(150_006);
        }
    }

    @Test
    void shouldCopyEachByteOnceWhenBuffersLieElsewhere() {
        try (PathCase it = new PathCase(2)) {
            ByteBuffer heap = ByteBuffer.allocate(300_010).position(3).limit(300_003);
            ByteBuffer direct = ByteBuffer.allocateDirect(200_000).position(100_000);
            TransferOp read = new TransferOp(0, 9, heap, direct);
            assertThat(it.run(Mode.READ, read)).isEqualTo(PathEnd.COMPLETE);
            PathCase.checkRead(read);
            assertThat(it.meters.copiedBytes().sum()).isEqualTo(400_000);
            TransferOp write = PathCase.toWrite(new TransferOp(1, 10, heap, it.pooled(1000), direct));
            assertThat(it.run(Mode.WRITE, write)).isEqualTo(PathEnd.COMPLETE);
            it.checkWritten(write);
            assertThat(it.meters.copiedBytes().sum()).isEqualTo(800_000);
            assertThat(heap.get(2)).isZero();
        }
    }

    @Test
    void shouldSpreadAndSignalSparselyWhenThereIsMuchToDo() {
        try (PathCase it = new PathCase(4)) {
            it.device.depth = 64;
            assertThat(it.run(Mode.READ, new TransferOp(0, 0, it.pooled(PathCase.REGION_BYTES))))
                    .isEqualTo(PathEnd.COMPLETE);
            assertThat(it.device.requests).isEqualTo(256);
            assertThat(it.device.signalled).isBetween(4L, 40L);
            assertThat(it.device.posts).isLessThan(40);
        }
    }

    @Test
    void shouldSayDoneOnlyWhenPlacedWhenDevicePlacesLate() {
        for (boolean flush : new boolean[] {true, false}) {
            try (PathCase it = new PathCase(3)) {
                it.device.placesLate = true;
                it.rules = flush ? it.rules : SafetySwitches.allExcept(SafetyRule.FLUSH);
                TransferOp write = PathCase.toWrite(new TransferOp(0, 5, it.pooled(40_000)));
                assertThat(it.run(Mode.WRITE, write)).isEqualTo(PathEnd.COMPLETE);
                assertThat(write.outcome()).isEqualTo(Outcome.DONE);
                if (flush) {
                    it.checkWritten(write);
                    assertThat(it.device.flushReads).isEqualTo(3);
                } else {
                    BytePattern.check(it.node.memory(0, 5, 40_000), PathCase.THERE, 5); // as if nothing had happened
                }
            }
        }
    }

    @Test
    void shouldNotRefillASlotTooEarlyWhenDeviceFetchesLate() {
        try (PathCase it = new PathCase(2)) {
            it.device.placesLate = true;
            TransferOp write = PathCase.toWrite(new TransferOp(0, 5, ByteBuffer.allocate(500_000)));
            assertThat(it.run(Mode.WRITE, write)).isEqualTo(PathEnd.COMPLETE);
            it.checkWritten(write);
        }
    }

    @Test
    void shouldFlushOnlyQueuesThatCarriedAWrite() {
        try (PathCase it = new PathCase(8)) {
            it.run(Mode.WRITE, PathCase.toWrite(new TransferOp(0, 0, it.pooled(4096 * 3))));
            assertThat(it.device.flushReads).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void shouldEndAtTheDeadlineWhenDeviceNeverCompletes(Mode mode) {
        try (PathCase it = new PathCase(2)) {
            it.device.loseAt = 3;
            ByteBuffer buffer = it.pooled(100_000);
            TransferOp op = new TransferOp(0, 0, buffer);
            long begin = System.nanoTime();
            PathEnd end = it.path().run(it.token(mode), List.of(op), Deadline.after(Duration.ofMillis(200)));
            assertThat(System.nanoTime() - begin)
                    .isBetween(TimeUnit.MILLISECONDS.toNanos(199), TimeUnit.SECONDS.toNanos(20));
            assertThat(end).isEqualTo(PathEnd.OVERDUE);
            assertThat(op.outcome()).isEqualTo(Outcome.UNANSWERED);
            assertThat(op.error()).isEqualTo(ErrorCode.RPC_TIMEOUT);
            assertThat(op.detail()).contains("somewhere:1");
            assertThat(it.device.isDestroyed()).isTrue();
        }
    }

    @Test
    void shouldDestroyBeforeItSaysAnythingWhenNothingComesBackEvenThen() {
        try (PathCase it = new PathCase(2)) {
            it.device.loseAt = 0;
            it.device.losesFlushed = true;
            List<Boolean> destroyed = new ArrayList<>();
            TransferOp op = new TransferOp(0, 0, it.pooled(10_000)) {
                @Override
                public void failed(Outcome how, ErrorCode why, String text) {
                    destroyed.add(it.device.isDestroyed());
                    super.failed(how, why, text);
                }
            };
            it.path().run(it.token(Mode.READ), List.of(op), Deadline.after(Duration.ofMillis(50)));
            assertThat(op.outcome()).isEqualTo(Outcome.UNANSWERED);
            assertThat(destroyed).containsExactly(true);
        }
    }

    @Test
    void shouldWaitUntilQueuesAreDestroyedWhenThatFailsAtFirst() {
        try (PathCase it = new PathCase(2)) {
            it.device.loseAt = 0;
            it.device.losesFlushed = true;
            it.device.destroyFailures = 5;
            TransferOp op = new TransferOp(0, 0, it.pooled(10_000));
            it.path().run(it.token(Mode.READ), List.of(op), Deadline.after(Duration.ofMillis(50)));
            assertThat(it.device.isDestroyed()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {FakeDevice.REMOTE_ACCESS_ERROR, FakeDevice.FLUSHED})
    void shouldReportNothingBeforeAllCameBackWhenARequestFails(int status) {
        try (PathCase it = new PathCase(2)) {
            it.device.failAt = 5;
            it.device.failStatus = status;
            List<Boolean> idle = new ArrayList<>();
            List<TransferOp> ops = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                ops.add(new TransferOp(0, i * 4096L, it.pooled(4096)) {
                    @Override
                    public void failed(Outcome how, ErrorCode why, String text) {
                        idle.add(it.device.isIdle() && it.device.isDestroyed());
                        super.failed(how, why, text);
                    }
                });
            }
            assertThat(it.path().run(it.token(Mode.READ), ops, PathCase.soon())).isEqualTo(PathEnd.LINK_FAILED);
            assertThat(idle).isNotEmpty().containsOnly(true);
            assertThat(it.path().cause()).contains("status " + status);
            // 2 queues of 16, of which a quarter is posted at a time
            long begun = it.device.requests;
            for (int i = 0; i < ops.size(); i++) {
                TransferOp op = ops.get(i);
                if (op.outcome() == Outcome.DONE) {
                    PathCase.checkRead(op);
                } else {
                    assertThat(op.outcome()).isEqualTo(i < begun ? Outcome.UNANSWERED : Outcome.NEVER_SENT);
                    assertThat(op.error()).isEqualTo(ErrorCode.TRANSFER_FAIL);
                }
            }
        }
    }

    @Test
    void shouldSayUnansweredOfEveryWriteThatBeganWhenTheFlushFails() {
        try (PathCase it = new PathCase(1)) {
            TransferOp write = new TransferOp(0, 0, it.pooled(4096));
            it.device.failAt = 1;
            assertThat(it.run(Mode.WRITE, write)).isEqualTo(PathEnd.LINK_FAILED);
            assertThat(write.outcome()).isEqualTo(Outcome.UNANSWERED);
        }
    }

    @Test
    void shouldKnowWhatNeverLeftWhenAPostFailsInTheMiddle() {
        try (PathCase it = new PathCase(1)) {
            it.device.failPostAt = 0; // of 4 requests, 2 are handed over
            List<TransferOp> ops = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                ops.add(new TransferOp(0, i * 4096L, it.pooled(4096)));
            }
            assertThat(it.path().run(it.token(Mode.WRITE), ops, PathCase.soon()))
                    .isEqualTo(PathEnd.LINK_FAILED);
            assertThat(it.path().cause()).contains("ENOMEM");
            assertThat(ops.subList(0, 2)).allMatch(op -> op.outcome() == Outcome.UNANSWERED);
            assertThat(ops.subList(2, 10)).allMatch(op -> op.outcome() == Outcome.NEVER_SENT);
        }
    }

    @Test
    void shouldCountAllAsSentWhenAFailedPostDoesNotSayWhatWent() {
        try (PathCase it = new PathCase(1)) {
            it.device.failPostAt = 0; // 4 requests
            it.device.failedPostTakesAll = true;
            List<TransferOp> ops = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                ops.add(new TransferOp(0, i * 4096L, it.pooled(4096)));
            }
            assertThat(it.path().run(it.token(Mode.WRITE), ops, PathCase.soon()))
                    .isEqualTo(PathEnd.LINK_FAILED);
            assertThat(ops.subList(0, 4)).allMatch(op -> op.outcome() == Outcome.UNANSWERED);
            assertThat(ops.subList(4, 10)).allMatch(op -> op.outcome() == Outcome.NEVER_SENT);
        }
    }

    @Test
    void shouldEndWhenToldWhenTransportIsClosedOrThreadInterrupted() {
        try (PathCase it = new PathCase(1)) {
            it.device.loseAt = 0;
            it.stop = true;
            TransferOp op = new TransferOp(0, 0, it.pooled(10));
            assertThat(it.run(Mode.WRITE, op)).isEqualTo(PathEnd.STOPPED);
            assertThat(op.error()).isEqualTo(ErrorCode.CLOSED);
        }
        try (PathCase it = new PathCase(1)) {
            it.device.loseAt = 0;
            Thread.currentThread().interrupt();
            TransferOp op = new TransferOp(0, 0, it.pooled(10));
            assertThat(it.run(Mode.WRITE, op)).isEqualTo(PathEnd.INTERRUPTED);
            assertThat(op.outcome()).isEqualTo(Outcome.UNANSWERED);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void shouldFailSoonWhenNodeEndedTheLink() {
        try (PathCase it = new PathCase(1)) {
            it.device.loseAt = 0;
            it.device.stale = true;
            TransferOp op = new TransferOp(0, 0, it.pooled(10));
            assertThat(it.run(Mode.READ, op)).isEqualTo(PathEnd.LINK_FAILED);
            assertThat(op.detail()).contains("ended");
        }
    }

    @Test
    void shouldFailWhenNothingCompletesForLong() {
        try (PathCase it = new PathCase(1)) {
            it.device.loseAt = 0;
            it.options =
                    new PathOptions(4096, 8, 4096, Duration.ofMillis(1), Duration.ofMillis(50), Duration.ofMillis(50));
            assertThat(it.run(Mode.READ, new TransferOp(0, 0, it.pooled(10)))).isEqualTo(PathEnd.LINK_FAILED);
            assertThat(it.path().cause()).contains("50 ms");
        }
    }

    @Test
    void shouldPostNothingOutsideWhatWasGranted() {
        try (PathCase it = new PathCase(1)) {
            AccessToken token = it.node
                    .draft(Mode.WRITE, UUID.randomUUID())
                    .range(0, 100, 50)
                    .range(2, 0, 10)
                    .range(1, PathCase.REGION_BYTES - 5, 10)
                    .range(1, -5, 10)
                    .seal();
            List<TransferOp> ops = List.of(
                    new TransferOp(0, 1, it.pooled(50)),
                    new TransferOp(0, -1, it.pooled(2)),
                    new TransferOp(0, Long.MAX_VALUE, it.pooled(2)),
                    new TransferOp(1, 0, it.pooled(1)),
                    new TransferOp(2, 0, it.pooled(1)),
                    new TransferOp(3, 0, it.pooled(1)),
                    new TransferOp(4, 0, it.pooled(1)),
                    new TransferOp(-1, 0, it.pooled(1)),
                    new TransferOp(0, 0, it.pooled(50)));
            assertThat(it.path().run(token, ops, PathCase.soon())).isEqualTo(PathEnd.COMPLETE);
            assertThat(ops.subList(0, 8))
                    .allMatch(op -> op.outcome() == Outcome.NEVER_SENT && op.error() == ErrorCode.INVALID_PARAMS);
            assertThat(ops.get(8).outcome()).isEqualTo(Outcome.DONE);
            assertThat(it.device.requests).isEqualTo(2);
        }
    }

    @Test
    void shouldLeaveReadOnlyBuffersAloneWhenReading() {
        try (PathCase it = new PathCase(1)) {
            TransferOp op = new TransferOp(0, 0, it.pooled(10).asReadOnlyBuffer());
            it.run(Mode.READ, op);
            assertThat(op.error()).isEqualTo(ErrorCode.INVALID_PARAMS);
            it.run(Mode.WRITE, op);
            assertThat(op.outcome()).isEqualTo(Outcome.DONE);
        }
    }

    @Test
    void shouldKeepTheLinkWhenThereIsNoRoomToCopyThrough() {
        try (PathCase it = new PathCase(1)) {
            PooledBuffer all = it.pool.lease(it.pool.maxLeaseBytes(), PathCase.soon());
            TransferOp outside = new TransferOp(0, 0, ByteBuffer.allocate(10));
            assertThat(it.run(Mode.WRITE, outside)).isEqualTo(PathEnd.NO_STAGING);
            assertThat(outside.outcome()).isEqualTo(Outcome.NEVER_SENT);
            assertThat(outside.error()).isEqualTo(ErrorCode.OVERLOADED);
            all.close();
            assertThat(it.run(Mode.WRITE, outside)).isEqualTo(PathEnd.COMPLETE);
        }
    }

    @Test
    void shouldMoveNothingTwiceWhenSomeOperationsAreDone() {
        try (PathCase it = new PathCase(1)) {
            TransferOp done = new TransferOp(0, 0, it.pooled(10));
            TransferOp lost = new TransferOp(0, 10, it.pooled(10));
            TransferOp left = new TransferOp(0, 20, it.pooled(10));
            done.done();
            lost.failed(Outcome.UNANSWERED, ErrorCode.TRANSFER_FAIL, "before");
            it.run(Mode.WRITE, done, lost, left);
            assertThat(it.device.requests).isEqualTo(2);
            assertThat(lost.detail()).isEqualTo("before");
            it.run(Mode.READ, done, lost, left);
            assertThat(lost.outcome()).isEqualTo(Outcome.DONE);
            assertThat(it.device.requests).isEqualTo(3);
        }
    }

    @Test
    void shouldEndTheLinkWhenAnOperationThrows() {
        try (PathCase it = new PathCase(1)) {
            TransferOp bad = new TransferOp(0, 0, it.pooled(10)) {
                @Override
                public void done() {
                    throw new IllegalStateException("of the caller");
                }
            };
            TransferOp good = new TransferOp(0, 10, it.pooled(10));
            assertThat(it.run(Mode.READ, bad, good)).isEqualTo(PathEnd.LINK_FAILED);
            assertThat(bad.outcome()).isEqualTo(Outcome.UNANSWERED);
            assertThat(bad.error()).isEqualTo(ErrorCode.INTERNAL_ERROR);
            PathCase.checkRead(good);
            assertThatThrownBy(() -> it.run(Mode.READ, good)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldLeaveBytesAroundAloneWhenReading() {
        try (PathCase it = new PathCase(2)) {
            ByteBuffer around = it.pooled(20_000);
            for (int i = 0; i < around.capacity(); i++) {
                around.put(i, UNTOUCHED);
            }
            TransferOp read = new TransferOp(0, 3, around.slice(100, 10_000));
            it.run(Mode.READ, read);
            PathCase.checkRead(read);
            BytePattern.checkAll(around.slice(0, 100), UNTOUCHED);
            BytePattern.checkAll(around.slice(10_100, 9_900), UNTOUCHED);
        }
    }
}
