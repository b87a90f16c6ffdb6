package io.mooncake4j.master.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.mooncake4j.transfer.wire.StoreException;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** The table of segments has every segment once, and none that was dropped. */
public class MountRaces {
    private static final UUID FRESH = new UUID(4, 4);
    private static final List<UUID> ALL_FRESH =
            LongStream.range(0, 8).mapToObj(i -> new UUID(4, i)).toList();

    private MountRaces() {}

    private abstract static class Mounts extends RacedStore {
        Mounts() {
            super(1);
        }

        final Object mount(UUID id, long nonce, UUID cluster) {
            try {
                return master.mount(id, "n", HELD, nonce, cluster).state();
            } catch (StoreException refused) {
                return refused.code();
            }
        }

        /** One after the other, which takes about as long as to drop one. */
        final boolean mountAll() {
            return ALL_FRESH.stream().allMatch(id -> mount(id, 5, null) == Segment.State.OK);
        }

        final List<UUID> mounted() {
            assertThat(core.segmentTable().snapshot().candidates().size())
                    .isEqualTo(core.segmentTable().all().size());
            return core.segmentTable().all().stream().map(Segment::id).toList();
        }
    }

    /** Two processes offer memory under one id: one of them has it. */
    @JCStressTest
    @Outcome(id = "OK, SEGMENT_ALREADY_EXISTS", expect = ACCEPTABLE)
    @Outcome(id = "SEGMENT_ALREADY_EXISTS, OK", expect = ACCEPTABLE)
    @State
    public static class MountAndMount extends Mounts {
        @Actor
        public void one(LL_Result r) {
            r.r1 = mount(FRESH, 5, null);
        }

        @Actor
        public void other(LL_Result r) {
            r.r2 = mount(FRESH, 6, null);
        }

        @Arbiter
        public void after() {
            assertThat(mounted()).containsExactly(segment.id(), FRESH);
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE)
    @State
    public static class MountsAndLeave extends Mounts {
        @Actor
        public void mount(L_Result r) {
            r.r1 = mountAll();
        }

        @Actor
        public void leave() {
            core.segments().leave(segment.id(), 1, new Commit(), master.now());
        }

        @Arbiter
        public void after() {
            assertThat(mounted()).isEqualTo(ALL_FRESH);
        }
    }

    /** A node that is silent for too long is dropped when others come. */
    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE)
    @State
    public static class MountsAndSweep extends Mounts {
        public MountsAndSweep() {
            segment.sweep(core.times(), -core.times().dropNanos(), master.now());
        }

        @Actor
        public void mount(L_Result r) {
            r.r1 = mountAll();
        }

        @Actor
        public void sweep() {
            core.segments().sweep(master.now());
        }

        @Arbiter
        public void after() {
            assertThat(mounted()).isEqualTo(ALL_FRESH);
        }
    }

    /** A process leaves when its memory is under the next one already. */
    @JCStressTest
    @Outcome(id = "OK, 1", expect = ACCEPTABLE, desc = "the next one has it, and it stays")
    @Outcome(id = "SEGMENT_NOT_FOUND, 0", expect = ACCEPTABLE, desc = "left before")
    @State
    public static class ReturnAndLeave extends Mounts {
        @Actor
        public void mount(LL_Result r) {
            r.r1 = mount(segment.id(), 2, core.epoch().clusterId());
        }

        @Actor
        public void leave() {
            core.segments().leave(segment.id(), 1, new Commit(), master.now());
        }

        @Arbiter
        public void after(LL_Result r) {
            r.r2 = mounted().size();
        }
    }
}
