package io.mooncake4j.master.placement;

import static io.mooncake4j.transfer.concurrency.Interleavings.check;
import static io.mooncake4j.transfer.concurrency.Interleavings.explore;
import static io.mooncake4j.transfer.concurrency.Interleavings.together;

import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.Epoch;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** One segment's memory, sessions and life, where writers, readers, its node and the sweep meet. */
class SegmentInterleavings {
    private static final UUID ALICE = new UUID(1, 1);
    private static final UUID BOB = new UUID(1, 2);
    private static final int BYTES = 1 << 12;
    private static final MasterCore.Settings TERM = new MasterCore.Settings(
            new Epoch(new UUID(1, 1), 1),
            new byte[32],
            MasterTimes.defaults(),
            PlacementStrategy.of("random"),
            () -> new Random(1),
            SafetyRules.ALL,
            1,
            0);

    private static Segment segment() {
        Segment segment = new Segment(
                new Change.SegmentMounted(new UUID(2, 2), "n", "h", BYTES, BYTES, Segment.Address.NOWHERE), 0);
        segment.begin(TERM, new AtomicLong(), false, 0, 0);
        segment.remount(new Segment.Address("127.0.0.1", 1, 7), 0);
        return segment;
    }

    private static boolean overlap(Grant.Target a, Grant.Target b) {
        Extent one = a.replica().extents()[0];
        Extent other = b.replica().extents()[0];
        return one.offset() < other.offset() + other.lengthBytes() && other.offset() < one.offset() + one.lengthBytes();
    }

    private static Grant.Target allocate(Segment segment, UUID client) {
        Grant.Target target = segment.allocate(1000, client, 0);
        check(target != null, "there is room for all");
        return target;
    }

    @Test
    void shouldGiveBytesToOneWhenTwoAllocateAndAThirdReleases() {
        explore(() -> {
            Segment segment = segment();
            Grant.Target old = allocate(segment, ALICE);
            Grant.Target[] fresh = new Grant.Target[2];
            together(
                    () -> fresh[0] = allocate(segment, ALICE),
                    () -> fresh[1] = allocate(segment, BOB),
                    () -> segment.release(old.replica().extents(), 0, 0));
            check(!overlap(fresh[0], fresh[1]), "two grants of the same bytes");
            check(segment.usedBytes() == 2 * SegmentSpace.alignedBytes(1000), "bytes are lost");
            check(segment.freeBytes() == BYTES - segment.usedBytes(), "the shown room is not the room");
        });
    }

    /** A lapsed grant's bytes are freed once, whoever comes first: its writer's word, the cut, or the node's new life. */
    @Test
    void shouldFreeQuarantinedBytesOnceWhenWriterAndNodeSpeakAtOnce() {
        explore(() -> {
            Segment segment = segment();
            Grant.Target target = allocate(segment, ALICE);
            Quarantined item = segment.quarantine(target.replica().extents(), ALICE, target, 0);
            Grant.Target[] next = new Grant.Target[1];
            together(() -> segment.settle(item), () -> segment.confirmCut(ALICE, target.generation()), () -> {
                segment.remount(new Segment.Address("127.0.0.1", 1, 8), 0);
                next[0] = allocate(segment, BOB);
            });
            check(segment.freed(item), "not freed");
            check(segment.quarantinedBytes() == 0, "still counted as quarantined");
            check(segment.usedBytes() == SegmentSpace.alignedBytes(1000), "freed twice, or not at all");
            segment.release(next[0].replica().extents(), 0, 0);
            check(segment.usedBytes() == 0, "bytes are lost");
        });
    }

    /** A put whose attempt went unanswered is quarantined, or, if its process has ended meanwhile, freed. */
    @Test
    void shouldNotQuarantineForeverWhenTheProcessEndsAtTheSameTime() {
        explore(() -> {
            Segment segment = segment();
            Grant.Target target = allocate(segment, ALICE);
            together(
                    () -> segment.quarantine(target.replica().extents(), ALICE, target, 0),
                    () -> segment.remount(new Segment.Address("127.0.0.1", 1, 8), 0));
            check(segment.quarantinedBytes() == 0, "waits for a process that is gone");
            check(segment.usedBytes() == 0, "bytes are lost");
        });
    }

    @Test
    void shouldStaySilentAboutADroppedSegmentWhenItsNodeReturns() {
        explore(() -> {
            Segment segment = segment();
            Grant.Target[] late = new Grant.Target[1];
            together(
                    segment::drop,
                    () -> segment.remount(new Segment.Address("127.0.0.1", 1, 8), 0),
                    () -> late[0] = segment.allocate(1000, BOB, 0));
            check(segment.state() == Segment.State.DROPPED, "a dropped segment is back");
            check(segment.allocate(1000, BOB, 0) == null, "memory of a dropped segment was granted");
        });
    }
}
