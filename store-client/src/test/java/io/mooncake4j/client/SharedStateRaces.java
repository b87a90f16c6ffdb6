package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.rpc.RpcClientOptions;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.Placements;
import io.mooncake4j.transfer.wire.proto.PutRevokeRequest;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/** What all calls of a client share. */
public class SharedStateRaces {
    private static final int TIMES = 20;

    private SharedStateRaces() {}

    /** A transfer and the thread of renewals find at once that the time runs out. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the master is asked once")
    @State
    public static class RenewAndRenew {
        private static final long SECOND = 1_000_000_000L;
        private final AtomicInteger asked = new AtomicInteger();
        private final Tenure tenure = new Tenure(
                new Tenure.Terms(
                        0,
                        10 * SECOND,
                        List.of(0),
                        PlacementTable.read(Placements.getDefaultInstance(), 1, AccessToken.Mode.READ, new UUID(0, 0))),
                () -> {
                    asked.incrementAndGet();
                    return new CompletableFuture<>();
                });

        @Actor
        public void one() {
            tenure.renewIfDue(9 * SECOND);
        }

        @Actor
        public void other() {
            tenure.renewIfDue(9 * SECOND);
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = asked.get();
        }
    }

    /** Two reads find one replica wrong, which makes one report; and again. */
    @JCStressTest
    @Outcome(id = "20", expect = ACCEPTABLE)
    @State
    public static class SuspectAndSuspect {
        private static final UUID SEGMENT = new UUID(2, 2);
        private final Suspicions suspicions = new Suspicions();
        private int one;
        private int other;

        private int reports() {
            int reports = 0;
            for (int i = 0; i < TIMES; i++) {
                reports += suspicions.confirms(1, SEGMENT) ? 1 : 0;
            }
            return reports;
        }

        @Actor
        public void one() {
            one = reports();
        }

        @Actor
        public void other() {
            other = reports();
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = one + other;
        }
    }

    @JCStressTest
    @Outcome(id = "40", expect = ACCEPTABLE, desc = "each is counted")
    @State
    public static class AlarmAndAlarm {
        private final MismatchAlarm alarm = new MismatchAlarm(text -> {});

        private void raise() {
            for (int i = 0; i < TIMES; i++) {
                alarm.raise(i, "wrong", 1);
            }
        }

        @Actor
        public void one() {
            raise();
        }

        @Actor
        public void other() {
            raise();
        }

        @Arbiter
        public void after(J_Result r) {
            r.r1 = alarm.count();
        }
    }

    /** Grants are given up while earlier ones are looked through: each is owed until the master has answered. */
    @JCStressTest
    @Outcome(id = "20", expect = ACCEPTABLE)
    @State
    public static class OweAndSweep {
        private static final RunningCalls RUNNING = new RunningCalls();
        /** It has as much in flight as it may, for long, so that every try fails at once. */
        private static final Master BUSY = busy();

        private final RunningCalls running = new RunningCalls();
        private final OwedRevokes owed = new OwedRevokes(BUSY, running);

        private static Master busy() {
            Master master = new Master(
                    RpcClient.create(RpcClientOptions.builder()
                            .addresses(HostPort.parseList("127.0.0.1:1"))
                            .maxInFlight(1)
                            .build()),
                    Duration.ofHours(1).toNanos(),
                    RUNNING);
            master.send(Method.PUT_REVOKE, PutRevokeRequest.getDefaultInstance(), StatusResponse.parser());
            return master;
        }

        @Actor
        public void owe() {
            for (int i = 0; i < TIMES; i++) {
                owed.revoke(PutRevokeRequest.getDefaultInstance());
            }
        }

        @Actor
        public void sweep() {
            for (int i = 0; i < TIMES; i++) {
                owed.sweep();
            }
        }

        @Arbiter
        public void after(I_Result r) {
            assertThat(running.awaitNone(Duration.ZERO)).isTrue();
            r.r1 = owed.waiting();
        }
    }
}
