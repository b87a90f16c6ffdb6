package io.mooncake4j.master.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.mooncake4j.transfer.wire.ErrorCode;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** A grant has one key, one end and, until then, its bytes. */
public class GrantRaces {
    private GrantRaces() {}

    @JCStressTest
    @Outcome(id = "OK, PUT_IN_PROGRESS", expect = ACCEPTABLE, desc = "Alice was first")
    @Outcome(id = "PUT_IN_PROGRESS, OK", expect = ACCEPTABLE, desc = "Bob was first")
    @State
    public static class StartAndStart extends RacedStore {
        public StartAndStart() {
            super(3);
        }

        @Actor
        public void alice(LL_Result r) {
            r.r1 = start(ALICE, 1, KEY);
        }

        @Actor
        public void bob(LL_Result r) {
            r.r2 = start(BOB, 1, KEY);
        }

        @Arbiter
        public void after() {
            account(1);
            assertThat(shard().grants.openCount()).isOne();
        }
    }

    /** Objects are known by the grants that made them: no two have one id, whatever their shards. */
    @JCStressTest
    @Outcome(id = "200", expect = ACCEPTABLE)
    @State
    public static class StartsInManyShards extends RacedStore {
        private static final int EACH = 100;
        private static final List<String> KEYS =
                IntStream.range(0, 2 * EACH).mapToObj(Integer::toString).toList();
        private List<GrantResult> ofAlice = List.of();
        private List<GrantResult> ofBob = List.of();

        public StartsInManyShards() {
            super(2 * EACH);
        }

        @Actor
        public void alice() {
            ofAlice = master.startAll(ALICE, 1, KEYS.subList(0, EACH), BYTES, CoreFixture.ONE);
        }

        @Actor
        public void bob() {
            ofBob = master.startAll(BOB, 1, KEYS.subList(EACH, 2 * EACH), BYTES, CoreFixture.ONE);
        }

        @Arbiter
        public void after(J_Result r) {
            r.r1 = Stream.concat(ofAlice.stream(), ofBob.stream())
                    .map(result -> Objects.requireNonNull(result.grant()).id())
                    .distinct()
                    .count();
        }
    }

    /** A grant of Alice's that is open. */
    private abstract static class OpenGrant extends RacedStore {
        final long grant = granted(ALICE, 1, KEY);

        OpenGrant() {
            super(3);
        }

        final ErrorCode endNow() {
            return endAt(grant, master.now());
        }

        final ErrorCode revokeNow() {
            return master.revoke(ALICE, KEY, grant, 0);
        }

        final void accountFor(boolean committed) {
            assertThat(present(KEY)).isEqualTo(committed);
            assertThat(shard().grants.openCount()).isZero();
            account(committed ? 1 : 0);
        }
    }

    @JCStressTest
    @Outcome(id = "OK, OK", expect = ACCEPTABLE, desc = "one ended it, the other learnt that")
    @State
    public static class EndAndEnd extends OpenGrant {
        @Actor
        public void once(LL_Result r) {
            r.r1 = endNow();
        }

        @Actor
        public void again(LL_Result r) {
            r.r2 = endNow();
        }

        @Arbiter
        public void after() {
            accountFor(true);
        }
    }

    @JCStressTest
    @Outcome(id = "OK, INVALID_WRITE", expect = ACCEPTABLE, desc = "committed")
    @Outcome(id = "INVALID_WRITE, OK", expect = ACCEPTABLE, desc = "revoked")
    @State
    public static class EndAndRevoke extends OpenGrant {
        @Actor
        public void end(LL_Result r) {
            r.r1 = endNow();
        }

        @Actor
        public void revoke(LL_Result r) {
            r.r2 = revokeNow();
        }

        @Arbiter
        public void after(LL_Result r) {
            accountFor(r.r1 == ErrorCode.OK);
        }
    }

    @JCStressTest
    @Outcome(id = "OK, OK", expect = ACCEPTABLE, desc = "revoked once")
    @State
    public static class RevokeAndRevoke extends OpenGrant {
        @Actor
        public void once(LL_Result r) {
            r.r1 = revokeNow();
        }

        @Actor
        public void again(LL_Result r) {
            r.r2 = revokeNow();
        }

        @Arbiter
        public void after() {
            accountFor(false);
        }
    }

    /** Its writer's word in time, and a renewal that comes too late: whichever is first counts. */
    @JCStressTest
    @Outcome(id = "OK, INVALID_WRITE", expect = ACCEPTABLE, desc = "committed")
    @Outcome(id = "GRANT_LAPSED, GRANT_LAPSED", expect = ACCEPTABLE, desc = "lapsed")
    @State
    public static class EndAndLateRenewal extends OpenGrant {
        final long late = at(60);

        @Actor
        public void end(LL_Result r) {
            r.r1 = endNow();
        }

        @Actor
        public void renew(LL_Result r) {
            r.r2 = renewAt(grant, late);
        }

        @Arbiter
        public void after(LL_Result r) {
            boolean committed = r.r1 == ErrorCode.OK;
            if (!committed) {
                assertThat(master.revoke(ALICE, KEY, grant, 0)).isEqualTo(ErrorCode.OK);
            }
            accountFor(committed);
        }
    }

    /** A renewal in time, and the writer's word after the first term. */
    @JCStressTest
    @Outcome(id = "OK, OK", expect = ACCEPTABLE, desc = "renewed, so that the end was in time")
    @Outcome(id = "GRANT_LAPSED, GRANT_LAPSED", expect = ACCEPTABLE, desc = "lapsed before")
    @State
    public static class RenewalAndLateEnd extends OpenGrant {
        final long inTime = at(9);
        final long late = at(12);

        @Actor
        public void renew(LL_Result r) {
            r.r1 = renewAt(grant, inTime);
        }

        @Actor
        public void end(LL_Result r) {
            r.r2 = endAt(grant, late);
        }

        @Arbiter
        public void after(LL_Result r) {
            boolean committed = r.r2 == ErrorCode.OK;
            if (!committed) {
                assertThat(master.revoke(ALICE, KEY, grant, 0)).isEqualTo(ErrorCode.OK);
            }
            accountFor(committed);
        }
    }

    @JCStressTest
    @Outcome(id = "OK, 1", expect = ACCEPTABLE, desc = "renewed, so that the sweep left it open")
    @Outcome(id = "GRANT_LAPSED, 0", expect = ACCEPTABLE, desc = "swept before")
    @State
    public static class RenewalAndSweep extends OpenGrant {
        final long inTime = at(9);
        final long late = at(12);

        @Actor
        public void renew(LL_Result r) {
            r.r1 = renewAt(grant, inTime);
        }

        @Actor
        public void sweep() {
            core.puts().sweep(late);
        }

        @Arbiter
        public void after(LL_Result r) {
            r.r2 = shard().grants.openCount();
            account(1);
        }
    }

    /** The writer's withdrawal of a grant that lapses: its bytes come back, once. */
    @JCStressTest
    @Outcome(id = "OK", expect = ACCEPTABLE, desc = "before or after it lapsed")
    @State
    public static class RevokeAndSweep extends OpenGrant {
        final long late = at(12);

        @Actor
        public void revoke(L_Result r) {
            r.r1 = revokeNow();
        }

        @Actor
        public void sweep() {
            core.puts().sweep(late);
        }

        @Arbiter
        public void after() {
            accountFor(false);
        }
    }

    /** Who is told NEVER starts again, so an end that is under way must not look like that. */
    @JCStressTest
    @Outcome(id = "OPEN", expect = ACCEPTABLE, desc = "not ended yet")
    @Outcome(id = "COMMITTED", expect = ACCEPTABLE, desc = "ended")
    @State
    public static class EndAndFate extends OpenGrant {
        @Actor
        public void end() {
            if (endAt(grant, master.now()) != ErrorCode.OK) {
                throw new IllegalStateException("the put is not committed");
            }
        }

        @Actor
        public void fate(L_Result r) {
            r.r1 = core.puts().fate(key(), grant, master.now());
        }
    }

    /** Two keys of one request end at once: the request has ended then, too. */
    @JCStressTest
    @Outcome(id = "OK, OK", expect = ACCEPTABLE, desc = "both committed")
    @State
    public static class EndAndEndOfOtherKey extends RacedStore {
        private final List<String> both = List.of("a", "b");
        private final List<GrantResult> started = master.startAll(ALICE, 1, both, BYTES, CoreFixture.ONE);

        public EndAndEndOfOtherKey() {
            super(3);
        }

        @Actor
        public void one(LL_Result r) {
            r.r1 = end(0);
        }

        @Actor
        public void other(LL_Result r) {
            r.r2 = end(1);
        }

        private ErrorCode end(int index) {
            return master.end(
                    ALICE,
                    both.get(index),
                    Objects.requireNonNull(started.get(index).grant()).id());
        }

        @Arbiter
        public void after() {
            assertThat(start(ALICE, 1, KEY)).isEqualTo(ErrorCode.REQUEST_REVOKED);
            account(2);
        }
    }
}
