package io.mooncake4j.master.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** An object is there or it isn't, for everybody; what isn't gives its bytes back once. */
public class ObjectRaces {
    private ObjectRaces() {}

    @JCStressTest
    @Outcome(id = "OK, OK", expect = ACCEPTABLE, desc = "put, then removed")
    @Outcome(id = "OK, OBJECT_NOT_FOUND", expect = ACCEPTABLE, desc = "nothing to remove yet")
    @State
    public static class EndAndRemove extends RacedStore {
        private static final int TRIES = 50;
        private final long grant = granted(ALICE, 1, KEY);

        public EndAndRemove() {
            super(2);
        }

        @Actor
        public void end(LL_Result r) {
            r.r1 = endAt(grant, master.now());
        }

        @Actor
        public void remove(LL_Result r) {
            // as soon as it can be found
            for (int i = 0; i < TRIES && r.r2 != ErrorCode.OK; i++) {
                r.r2 = master.remove(KEY);
            }
        }

        @Arbiter
        public void after(LL_Result r) {
            boolean removed = r.r2 == ErrorCode.OK;
            assertThat(present(KEY)).isNotEqualTo(removed);
            account(removed ? 0 : 1);
            assertThat(evict()).as("bytes left to evict").isEqualTo(removed ? 0 : HELD);
        }
    }

    /** One object. */
    private abstract static class OneObject extends RacedStore {
        OneObject() {
            super(1);
            put(KEY, 1);
        }
    }

    @JCStressTest
    @Outcome(id = "OK, OBJECT_NOT_FOUND", expect = ACCEPTABLE)
    @Outcome(id = "OBJECT_NOT_FOUND, OK", expect = ACCEPTABLE)
    @State
    public static class RemoveAndRemove extends OneObject {
        @Actor
        public void one(LL_Result r) {
            r.r1 = master.remove(KEY);
        }

        @Actor
        public void other(LL_Result r) {
            r.r2 = master.remove(KEY);
        }

        @Arbiter
        public void after() {
            account(0);
        }
    }

    @JCStressTest
    @Outcome(id = "OK, 0", expect = ACCEPTABLE, desc = "removed")
    @Outcome(id = "OBJECT_NOT_FOUND, 1024", expect = ACCEPTABLE, desc = "evicted")
    @State
    public static class RemoveAndEvict extends OneObject {
        @Actor
        public void remove(LL_Result r) {
            r.r1 = master.remove(KEY);
        }

        @Actor
        public void evict(LL_Result r) {
            r.r2 = evict();
        }

        @Arbiter
        public void after() {
            account(0);
        }
    }

    /** The store is full, so that what is freed is granted anew at once: not under a reader. */
    @JCStressTest
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "leased before, so the object stays or its bytes wait")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "gone before")
    @State
    public static class GetAndEvict extends OneObject {
        @Actor
        public void get(ZZ_Result r) {
            r.r1 = master.get(KEY) != null;
        }

        @Actor
        public void evictAndStart(ZZ_Result r) {
            evict();
            r.r2 = start(BOB, 1, OTHER_KEY) == ErrorCode.OK;
        }

        @Arbiter
        public void after() {
            account(1);
        }
    }

    @JCStressTest
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "leased before, so the bytes wait")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "gone before")
    @State
    public static class GetAndRemove extends OneObject {
        @Actor
        public void get(ZZ_Result r) {
            r.r1 = master.get(KEY) != null;
        }

        @Actor
        public void removeAndStart(ZZ_Result r) {
            master.remove(KEY);
            r.r2 = start(BOB, 1, OTHER_KEY) == ErrorCode.OK;
        }

        @Arbiter
        public void after() {
            account(1);
        }
    }

    /** The sweep comes when the first lease is over and the renewed one isn't. */
    @JCStressTest
    @Outcome(id = "true, 1024", expect = ACCEPTABLE, desc = "renewed, and kept for that long")
    @Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "gone before, and freed after the first lease")
    @State
    public static class LeaseRenewalAndRemove extends OneObject {
        private final ObjectView leased = master.get(KEY);
        private final long later = at(4);
        private final long afterFirst = at(6);

        @Actor
        public void renew(LL_Result r) {
            r.r1 = core.reads().lease(key(), leased.id(), new ObjectView(), core.readLeaseNanos(), later);
        }

        @Actor
        public void remove() {
            master.remove(KEY);
            segment.sweep(core.times(), 0, afterFirst);
        }

        @Arbiter
        public void after(LL_Result r) {
            segment.sweep(core.times(), 0, afterFirst);
            r.r2 = segment.usedBytes();
            CoreAudit.check(core);
        }
    }

    /** The journal has no object on a segment that it dropped before. */
    @JCStressTest
    @Outcome(id = "OK", expect = ACCEPTABLE, desc = "put, and lost with its segment")
    @Outcome(id = "WRITE_FAIL", expect = ACCEPTABLE, desc = "its segment was gone")
    @State
    public static class EndAndDrop extends RacedStore {
        private final RecordedLog log;
        private final long grant = granted(ALICE, 1, KEY);

        public EndAndDrop() {
            this(new RecordedLog());
        }

        private EndAndDrop(RecordedLog log) {
            super(2, new CoreFixture(SafetyRules.ALL, log));
            this.log = log;
        }

        @Actor
        public void end(L_Result r) {
            r.r1 = endAt(grant, master.now());
        }

        @Actor
        public void leave() {
            core.segments().leave(segment.id(), 1, new Commit(), master.now());
        }

        @Arbiter
        public void after() {
            assertThat(present(KEY)).isFalse();
            CoreAudit.check(core);
            List<Change> changes = log.changes();
            int dropped = 0;
            while (!(changes.get(dropped) instanceof Change.SegmentDropped)) {
                dropped++;
            }
            assertThat(changes.subList(dropped, changes.size()))
                    .noneMatch(change -> change instanceof Change.ObjectPlaced);
        }
    }

    /** Two nodes find their replicas corrupt at once: the object goes with the second. */
    @JCStressTest
    @Outcome(id = "gone", expect = ACCEPTABLE)
    @State
    public static class DropAndDropOfReplicas extends RacedStore {
        private final Segment other = master.mount(new UUID(3, 3), "m", 2 * HELD, 2, null);
        private final Grant grant = master.startAll(ALICE, 1, List.of(KEY), BYTES, CoreFixture.terms(2))
                .get(0)
                .grant();

        public DropAndDropOfReplicas() {
            super(2);
            master.end(ALICE, KEY, grant.id(), 3, 0);
        }

        @Actor
        public void one() {
            core.removals().dropReplica(key(), grant.id(), segment, master.now());
        }

        @Actor
        public void other() {
            core.removals().dropReplica(key(), grant.id(), other, master.now());
        }

        @Arbiter
        public void after(L_Result r) {
            r.r1 = present(KEY) ? "there" : "gone";
            account(0);
            assertThat(other.usedBytes()).isZero();
        }
    }

    /** Visible only once durable (S8): some objects become that when others are hidden. */
    @JCStressTest
    @Outcome(id = "16, 0", expect = ACCEPTABLE, desc = "all of the first, none of the others")
    @State
    public static class ShowAndHide extends RacedStore {
        private static final int EACH = 16;
        private final RecordedLog log;
        private final long[] grants = new long[EACH];

        public ShowAndHide() {
            this(new RecordedLog());
        }

        private ShowAndHide(RecordedLog log) {
            super(2 * EACH, new CoreFixture(SafetyRules.ALL, log));
            this.log = log;
            log.hide();
            for (int i = 0; i < EACH; i++) {
                put(keys().get(i), i + 1);
                grants[i] = granted(ALICE, EACH + i + 1, keys().get(EACH + i));
            }
        }

        @Actor
        public void durable() {
            for (int i = 0; i < EACH; i++) {
                log.makeDurable(i);
                pause();
            }
        }

        /** About as long as the end of a put takes, so that it goes on beside all of them. */
        private static void pause() {
            for (int i = 0; i < 10; i++) {
                Thread.onSpinWait();
            }
        }

        @Actor
        public void end() {
            for (int i = 0; i < EACH; i++) {
                master.end(ALICE, keys().get(EACH + i), grants[i]);
            }
        }

        @Arbiter
        public void after(JJ_Result r) {
            r.r1 = IntStream.range(0, EACH).filter(i -> present(keys().get(i))).count();
            // whoever is shown takes nothing from those that are hidden still
            for (int shown = EACH; shown < 2 * EACH; shown++) {
                r.r2 += IntStream.range(shown, 2 * EACH)
                        .filter(i -> present(keys().get(i)))
                        .count();
                log.makeDurable(shown);
            }
        }
    }
}
