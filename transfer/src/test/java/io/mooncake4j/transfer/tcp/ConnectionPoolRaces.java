package io.mooncake4j.transfer.tcp;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.mooncake4j.transfer.pool.ConnectionPool;
import io.mooncake4j.transfer.wire.Deadline;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Connections are lent to one thread at a time, and no more of them than a peer may have. */
public class ConnectionPoolRaces {
    private ConnectionPoolRaces() {}

    /** There may be one: who finds it lent is woken by its return, or opens the next one when it is dropped. */
    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "lent to one, long before the other's time is over")
    @State
    public static class GivesAndDrops {
        private static final int TIMES = 5;
        private static final Duration LONGEST = Duration.ofSeconds(10);
        private static final Peer PEER = new Peer("127.0.0.1", 1, 1, new UUID(1, 1), 1);
        private static final PeerConnection CONNECTION = new PeerConnection(PEER, channel(), 1);

        private final AtomicInteger lent = new AtomicInteger();
        private final ConnectionPool<Peer, PeerConnection> pool = new ConnectionPool<>(1, connection -> {});

        private static SocketChannel channel() {
            try {
                return SocketChannel.open();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private boolean takes(Consumer<PeerConnection> back) {
            long begunNanos = System.nanoTime();
            boolean alone = true;
            for (int i = 0; i < TIMES; i++) {
                PeerConnection idle = pool.takeIdleOrSlot(PEER, Deadline.after(LONGEST));
                alone &= lent.incrementAndGet() == 1;
                lent.decrementAndGet();
                back.accept(idle == null ? CONNECTION : idle);
            }
            return alone && System.nanoTime() - begunNanos < LONGEST.toNanos() / 2;
        }

        @Actor
        public void give(ZZ_Result r) {
            r.r1 = takes(pool::give);
        }

        @Actor
        public void drop(ZZ_Result r) {
            r.r2 = takes(pool::drop);
        }
    }
}
