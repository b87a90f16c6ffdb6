package io.mooncake4j.master.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.Epoch;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** One segment's memory, sessions and life: every byte is in one place, and free once. */
public class SegmentRaces {
    private SegmentRaces() {}

    private abstract static class RacedSegment {
        static final UUID ALICE = new UUID(1, 1);
        static final UUID BOB = new UUID(1, 2);
        static final long HELD = SegmentSpace.alignedBytes(1000);
        static final int BYTES = 1 << 16;
        static final long LATER = Duration.ofMinutes(1).toNanos();
        static final Segment.Address NEXT_LIFE = new Segment.Address("127.0.0.1", 1, 8);
        private static final MasterCore.Settings TERM = new MasterCore.Settings(
                new Epoch(new UUID(1, 1), 1),
                new byte[32],
                MasterTimes.defaults(),
                PlacementStrategy.of("random"),
                () -> new Random(1),
                SafetyRules.ALL,
                1,
                0);

        final Segment segment = new Segment(
                new Change.SegmentMounted(new UUID(2, 2), "n", "h", BYTES, BYTES, Segment.Address.NOWHERE), 0);

        RacedSegment() {
            segment.begin(TERM, new AtomicLong(), false, 0, 0);
            segment.remount(new Segment.Address("127.0.0.1", 1, 7), 0);
        }

        final Grant.Target allocate(UUID client) {
            return Objects.requireNonNull(segment.allocate(1000, client, 0), "there is room for all");
        }

        final Quarantined quarantine(Grant.Target target) {
            return segment.quarantine(target.replica().extents(), ALICE, target, 0);
        }

        final void release(Grant.Target target, long leasedUntilNanos) {
            segment.release(target.replica().extents(), leasedUntilNanos, 0);
        }

        /** So many pieces are used, so many of them held off for readers, so many for writers. */
        final void account(long pieces, long heldOff, long quarantined) {
            segment.space().check();
            assertThat(segment.usedBytes()).as("used").isEqualTo(pieces * HELD);
            assertThat(segment.freeBytes()).as("shown as free").isEqualTo(BYTES - pieces * HELD);
            assertThat(segment.heldOffBytes()).as("held off").isEqualTo(heldOff * HELD);
            assertThat(segment.quarantinedBytes()).as("quarantined").isEqualTo(quarantined * HELD);
            assertThat(segment.waitingExtents().stream().distinct()).hasSize((int) (heldOff + quarantined));
            segment.waitingExtents()
                    .forEach(extent -> assertThat(segment.space().holds(extent)).isTrue());
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "each has bytes of its own")
    @State
    public static class AllocateAndAllocate extends RacedSegment {
        private Grant.Target one;
        private Grant.Target other;

        @Actor
        public void one() {
            one = allocate(ALICE);
        }

        @Actor
        public void other() {
            other = allocate(BOB);
        }

        @Arbiter
        public void after(L_Result r) {
            r.r1 = one.replica().extents()[0].offset()
                    != other.replica().extents()[0].offset();
            account(2, 0, 0);
        }
    }

    @JCStressTest
    @Outcome(id = "2048", expect = ACCEPTABLE)
    @State
    public static class AllocateAndRelease extends RacedSegment {
        private final Grant.Target old = allocate(ALICE);
        private final Grant.Target kept = allocate(ALICE);

        @Actor
        public void allocate() {
            allocate(BOB);
        }

        @Actor
        public void release() {
            release(old, 0);
        }

        @Arbiter
        public void after(J_Result r) {
            account(2, 0, 0);
            r.r1 = segment.usedBytes();
        }
    }

    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE)
    @State
    public static class ReleaseAndRelease extends RacedSegment {
        private final Grant.Target one = allocate(ALICE);
        private final Grant.Target other = allocate(ALICE);

        @Actor
        public void one() {
            release(one, 0);
        }

        @Actor
        public void other() {
            release(other, 0);
        }

        @Arbiter
        public void after(J_Result r) {
            account(0, 0, 0);
            r.r1 = segment.usedBytes();
        }
    }

    /** Leases end while others begin to be waited for. */
    @JCStressTest
    @Outcome(id = "3072", expect = ACCEPTABLE)
    @State
    public static class HoldOffAndSweep extends RacedSegment {
        private final Grant.Target[] due = {allocate(ALICE), allocate(ALICE), allocate(ALICE)};
        private final Grant.Target[] leased = {allocate(ALICE), allocate(ALICE), allocate(ALICE)};

        public HoldOffAndSweep() {
            for (Grant.Target each : due) {
                release(each, 1);
            }
        }

        @Actor
        public void release() {
            for (Grant.Target each : leased) {
                release(each, LATER);
            }
        }

        @Actor
        public void sweep() {
            segment.sweep(MasterTimes.defaults(), 0, 2);
        }

        @Arbiter
        public void after(J_Result r) {
            account(3, 3, 0);
            r.r1 = segment.heldOffBytes();
        }
    }

    @JCStressTest
    @Outcome(id = "2048", expect = ACCEPTABLE)
    @State
    public static class QuarantineAndQuarantine extends RacedSegment {
        private final Grant.Target one = allocate(ALICE);
        private final Grant.Target other = allocate(ALICE);

        @Actor
        public void one() {
            quarantine(one);
        }

        @Actor
        public void other() {
            quarantine(other);
        }

        @Arbiter
        public void after(J_Result r) {
            account(2, 0, 2);
            r.r1 = segment.quarantinedBytes();
        }
    }

    /** A lapsed grant's bytes, of which its writer and its node speak at once. */
    private abstract static class Lapsed extends RacedSegment {
        final Grant.Target target = allocate(ALICE);
        final Quarantined item = quarantine(target);

        final void accountFreed() {
            assertThat(segment.freed(item)).isTrue();
            account(0, 0, 0);
        }
    }

    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE)
    @State
    public static class SettleAndConfirmedCut extends Lapsed {
        @Actor
        public void settle() {
            segment.settle(item);
        }

        @Actor
        public void confirm() {
            segment.confirmCut(ALICE, target.generation());
        }

        @Arbiter
        public void after(J_Result r) {
            accountFreed();
            r.r1 = segment.usedBytes();
        }
    }

    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE)
    @State
    public static class ConfirmedCutAndNextLife extends Lapsed {
        @Actor
        public void confirm() {
            segment.confirmCut(ALICE, target.generation());
        }

        @Actor
        public void remount() {
            segment.remount(NEXT_LIFE, 0);
        }

        @Arbiter
        public void after(J_Result r) {
            accountFreed();
            r.r1 = segment.usedBytes();
        }
    }

    /** The node asks what to cut when a writer's word makes a cut unneeded. */
    @JCStressTest
    @Outcome(id = "1024", expect = ACCEPTABLE)
    @State
    public static class SettleAndOrders extends Lapsed {
        private final Grant.Target still = allocate(ALICE);

        public SettleAndOrders() {
            quarantine(still);
        }

        @Actor
        public void settle() {
            segment.settle(item);
        }

        @Actor
        public void order() {
            segment.orderedCuts(1);
        }

        @Arbiter
        public void after(J_Result r) {
            account(1, 0, 1);
            r.r1 = segment.usedBytes();
        }
    }

    /** A put whose attempt went unanswered is quarantined, or, if its process has ended meanwhile, freed. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "nothing waits for a process that is gone")
    @State
    public static class QuarantineAndNextLife extends RacedSegment {
        private final Grant.Target target = allocate(ALICE);

        @Actor
        public void quarantine() {
            quarantine(target);
        }

        @Actor
        public void remount() {
            segment.remount(NEXT_LIFE, 0);
        }

        @Arbiter
        public void after(J_Result r) {
            account(0, 0, 0);
            r.r1 = segment.quarantinedBytes();
        }
    }

    @JCStressTest
    @Outcome(id = "DROPPED", expect = ACCEPTABLE, desc = "a dropped segment stays that")
    @State
    public static class DropAndNextLife extends RacedSegment {
        @Actor
        public void drop() {
            segment.drop();
        }

        @Actor
        public void remount() {
            segment.remount(NEXT_LIFE, 0);
        }

        @Arbiter
        public void after(L_Result r) {
            r.r1 = segment.state();
        }
    }

    @JCStressTest
    @Outcome(id = "DROPPED", expect = ACCEPTABLE, desc = "a dropped segment stays that")
    @State
    public static class DropAndSweep extends RacedSegment {
        @Actor
        public void drop() {
            segment.drop();
        }

        @Actor
        public void sweep() {
            segment.sweep(MasterTimes.defaults(), 0, 1);
        }

        @Arbiter
        public void after(L_Result r) {
            r.r1 = segment.state();
        }
    }

    /** The last word of a life comes when the next one has begun. */
    @JCStressTest
    @Outcome(id = "OK", expect = ACCEPTABLE, desc = "the next life is not suspended")
    @State
    public static class SuspendAndNextLife extends RacedSegment {
        @Actor
        public void suspend() {
            segment.suspend(7);
        }

        @Actor
        public void remount() {
            segment.remount(NEXT_LIFE, 0);
        }

        @Arbiter
        public void after(L_Result r) {
            segment.sweep(MasterTimes.defaults(), 0, 0);
            r.r1 = segment.state();
        }
    }

    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both tokens are of one session")
    @State
    public static class SessionAndSession extends RacedSegment {
        @Actor
        public void one(JJ_Result r) {
            r.r1 = segment.generationOf(ALICE, 0);
        }

        @Actor
        public void other(JJ_Result r) {
            r.r2 = segment.generationOf(ALICE, 0);
        }
    }

    /** The node speaks while the master, which was paused itself, forgives it the silence. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "what was heard stays heard")
    @State
    public static class HeardAndSweep extends RacedSegment {
        private static final int TIMES = 50;

        @Actor
        public void hear(J_Result r) {
            for (int at = 1; at <= TIMES; at++) {
                segment.heard(7, at * LATER);
                r.r1 = Math.max(r.r1, segment.silentNanos(at * LATER));
            }
        }

        @Actor
        public void sweep() {
            for (int i = 0; i < TIMES; i++) {
                segment.sweep(MasterTimes.defaults(), 1, 0);
            }
        }
    }
}
