package io.mooncake4j.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.mooncake4j.transfer.memory.NoRegions;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.SessionTable;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.proto.PingRequest;
import io.mooncake4j.transfer.wire.proto.SessionCut;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/** What a node did comes to its end on any thread, and is told by the one that pings. */
public class NodeOrdersRaces {
    private NodeOrdersRaces() {}

    @JCStressTest
    @Outcome(id = "12", expect = ACCEPTABLE, desc = "each cut is told, once")
    @State
    public static class CutsAndPings {
        private static final int PINGS = 12;
        private static final List<SessionCut> CUTS = LongStream.range(0, 12)
                .mapToObj(i -> SessionCut.newBuilder()
                        .setClient(Ids.toProto(new UUID(1, i)))
                        .setGeneration(1)
                        .build())
                .toList();
        private final NodeOrders orders = new NodeOrders(
                new SessionTable(SafetyRules.ALL), new NoRegions(), Runnable::run, new ReplicaChecks(), () -> {});
        private long told;

        private void ping() {
            PingRequest.Builder ping = PingRequest.newBuilder();
            orders.report(ping);
            PingRequest sent = ping.build();
            told += sent.getConfirmedCount();
            orders.reported(sent);
        }

        @Actor
        public void cut() {
            CUTS.forEach(orders::cut);
        }

        @Actor
        public void tell() {
            for (int i = 0; i < PINGS; i++) {
                ping();
            }
        }

        @Arbiter
        public void after(J_Result r) {
            ping();
            assertThat(orders.hasNews()).isFalse();
            r.r1 = told;
        }
    }
}
