package io.mooncake4j.client;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Calls that begin and end while their client is closed. */
public class RunningCallsRaces {
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private RunningCallsRaces() {}

    private abstract static class Calls {
        final RunningCalls calls = new RunningCalls();

        /** Whether all have ended long before the time to wait for them is over. */
        final boolean closed() {
            long begunNanos = System.nanoTime();
            calls.close();
            return calls.awaitNone(LONGEST) && System.nanoTime() - begunNanos < LONGEST.toNanos() / 2;
        }
    }

    @JCStressTest
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "it had what it works with, or was refused")
    @State
    public static class CallAndClose extends Calls {
        private volatile boolean gone;

        @Actor
        public void call(ZZ_Result r) {
            try {
                calls.begin();
            } catch (StoreException closed) {
                return;
            }
            r.r1 = gone;
            calls.end();
        }

        @Actor
        public void close(ZZ_Result r) {
            r.r2 = closed();
            gone = true;
        }
    }

    /** A call leaves behind what must still be finished. */
    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "closed when it was finished")
    @State
    public static class HoldAndClose extends Calls {
        private volatile boolean finished;

        public HoldAndClose() {
            calls.begin();
        }

        @Actor
        public void call() {
            calls.hold();
            calls.end();
            finished = true;
            calls.end();
        }

        @Actor
        public void close(ZZ_Result r) {
            r.r1 = closed();
            r.r2 = finished;
        }
    }
}
