package io.mooncake4j.master.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.KeyColumn;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

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

    /** A client starts a put when the last grant of another one ends. */
    @JCStressTest
    @Outcome(id = "OK, OK", expect = ACCEPTABLE, desc = "started, and the same when asked again")
    @State
    public static class StartAndEndOfOther extends RacedStore {
        private static final int EARLIER = 6;
        private final long[] grants = new long[EARLIER];

        public StartAndEndOfOther() {
            super(16);
            for (int i = 0; i < EARLIER; i++) {
                grants[i] = granted(ALICE, i + 1, keys().get(i));
            }
        }

        @Actor
        public void end() {
            for (int i = 0; i < EARLIER; i++) {
                master.end(ALICE, keys().get(i), grants[i]);
            }
        }

        @Actor
        public void start(LL_Result r) {
            r.r1 = ErrorCode.OK;
            for (int i = EARLIER; i < 2 * EARLIER; i++) {
                if (start(ALICE, i + 1, keys().get(i)) != ErrorCode.OK) {
                    r.r1 = ErrorCode.INTERNAL_ERROR;
                }
            }
        }

        @Arbiter
        public void after(LL_Result r) {
            r.r2 = ErrorCode.OK;
            for (int i = 0; i < EARLIER; i++) {
                assertThat(start(ALICE, i + 1, keys().get(i))).isEqualTo(ErrorCode.REQUEST_REVOKED);
                if (start(ALICE, EARLIER + i + 1, keys().get(EARLIER + i)) != ErrorCode.OK) {
                    r.r2 = ErrorCode.INTERNAL_ERROR;
                }
            }
            account(2 * EARLIER);
        }
    }
}
