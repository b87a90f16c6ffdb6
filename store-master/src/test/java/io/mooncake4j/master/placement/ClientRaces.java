package io.mooncake4j.master.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.KeyColumn;
import java.util.List;
import java.util.stream.LongStream;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** What the master knows of a client's PutStarts is neither lost nor doubled. */
public class ClientRaces {
    private ClientRaces() {}

    /** One PutStart arrives twice, over two connections: both get the one grant. */
    @JCStressTest
    @Outcome(id = "OK, OK", expect = ACCEPTABLE)
    @State
    public static class StartAndSameStart extends RacedStore {
        public StartAndSameStart() {
            super(3);
        }

        @Actor
        public void once(LL_Result r) {
            r.r1 = start(ALICE, 1, KEY);
        }

        @Actor
        public void again(LL_Result r) {
            r.r2 = start(ALICE, 1, KEY);
        }

        @Arbiter
        public void after() {
            assertThat(shard().grants.openCount()).isOne();
            account(1);
        }
    }

    /** A PutStart whose answer is lost is revoked by its number, at the latest when it arrives. */
    @JCStressTest
    @Outcome(id = "OK", expect = ACCEPTABLE, desc = "granted, then revoked")
    @Outcome(id = "REQUEST_REVOKED", expect = ACCEPTABLE, desc = "revoked before it came")
    @State
    public static class StartAndItsRevocation extends RacedStore {
        public StartAndItsRevocation() {
            super(3);
        }

        @Actor
        public void start(L_Result r) {
            r.r1 = start(ALICE, 1, KEY);
        }

        @Actor
        public void revoke() {
            core.puts().revokeRequest(ALICE, 1, master.now());
        }

        @Arbiter
        public void after() {
            assertThat(shard().grants.openCount()).isZero();
            assertThat(start(ALICE, 1, KEY)).isEqualTo(ErrorCode.REQUEST_REVOKED);
            account(0);
        }
    }

    /** A PutStart comes again while other grants end: all of its own are open still. */
    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE)
    @State
    public static class SameStartAndEnds extends RacedStore {
        private static final int EACH = 12;
        private static final int TIMES = 10;
        private final List<String> mine = keys().subList(0, EACH);
        private final List<String> others = keys().subList(EACH, 2 * EACH);
        private final long[] grants = new long[EACH];

        public SameStartAndEnds() {
            super(2 * EACH);
            master.startAll(ALICE, 1, mine, BYTES, CoreFixture.ONE);
            for (int i = 0; i < EACH; i++) {
                grants[i] = granted(BOB, i + 1, others.get(i));
            }
        }

        @Actor
        public void end() {
            for (int i = 0; i < EACH; i++) {
                master.end(BOB, others.get(i), grants[i]);
            }
        }

        @Actor
        public void again(Z_Result r) {
            r.r1 = true;
            for (int i = 0; i < TIMES; i++) {
                r.r1 &= master.startAll(ALICE, 1, mine, BYTES, CoreFixture.ONE).stream()
                        .allMatch(result -> result.code() == ErrorCode.OK);
            }
        }
    }

    /** The answer came after all: the put ends while its PutStart is given up. */
    @JCStressTest
    @Outcome(id = "OK", expect = ACCEPTABLE, desc = "committed")
    @Outcome(id = "INVALID_WRITE", expect = ACCEPTABLE, desc = "revoked")
    @State
    public static class EndAndItsRevocation extends RacedStore {
        private final long grant = granted(ALICE, 1, KEY);

        public EndAndItsRevocation() {
            super(3);
        }

        @Actor
        public void end(L_Result r) {
            r.r1 = endAt(grant, master.now());
        }

        @Actor
        public void revoke() {
            core.puts().revokeRequest(ALICE, 1, master.now());
        }

        @Arbiter
        public void after(L_Result r) {
            boolean committed = r.r1 == ErrorCode.OK;
            assertThat(present(KEY)).isEqualTo(committed);
            assertThat(shard().grants.openCount()).isZero();
            account(committed ? 1 : 0);
        }
    }

    /** A client that was quiet for long is forgotten when it speaks again. */
    @JCStressTest
    @Outcome(id = "OK, OK", expect = ACCEPTABLE, desc = "granted, and the same when asked again")
    @State
    public static class StartAndForget extends RacedStore {
        private final long later = at(700);

        public StartAndForget() {
            super(3);
            core.clients.locked(ALICE, master.now(), requests -> null);
        }

        private Object start() {
            return core.puts()
                    .start(
                            ALICE,
                            1,
                            core.objects().tenant(""),
                            KeyColumn.of(List.of(KEY)),
                            List.of((long) BYTES),
                            CoreFixture.ONE,
                            later)
                    .get(0)
                    .code();
        }

        @Actor
        public void start(LL_Result r) {
            r.r1 = start();
        }

        @Actor
        public void forget() {
            core.clients.sweep(later);
        }

        @Arbiter
        public void after(LL_Result r) {
            r.r2 = start();
            assertThat(shard().grants.openCount()).isOne();
        }
    }

    /** Requests end with their last grants, and others because their answers never arrived: none is forgotten. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "a PutStart that comes after its end gets nothing")
    @State
    public static class EndsAndRevocations extends RacedStore {
        private static final int ENDED = 8;
        private static final int REVOKED = 32;
        private final long[] grants = new long[ENDED];

        public EndsAndRevocations() {
            super(ENDED + REVOKED);
            for (int i = 0; i < ENDED; i++) {
                grants[i] = granted(ALICE, i + 1, "ended " + i);
            }
        }

        @Actor
        public void end() {
            for (int i = 0; i < ENDED; i++) {
                master.end(ALICE, "ended " + i, grants[i]);
            }
        }

        @Actor
        public void revoke() {
            for (int i = 0; i < REVOKED; i++) {
                core.puts().revokeRequest(ALICE, ENDED + REVOKED - i, master.now());
            }
        }

        @Arbiter
        public void after(J_Result r) {
            r.r1 = LongStream.rangeClosed(1, ENDED + REVOKED)
                    .filter(request -> start(ALICE, request, "late") != ErrorCode.REQUEST_REVOKED)
                    .count();
        }
    }
}
