package io.mooncake4j.transfer.server;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** What a node learns of its master against the checks of tokens (S3, S9). */
public class AccessGateRaces {
    private AccessGateRaces() {}

    @JCStressTest
    @Outcome(id = "true, true, false", expect = ACCEPTABLE, desc = "both before")
    @Outcome(id = "true, false, false", expect = ACCEPTABLE, desc = "one before, one after")
    @Outcome(id = "false, false, false", expect = ACCEPTABLE, desc = "both after")
    @State
    public static class AdoptAndAccess extends GateFixture {
        @Actor
        public void adopt() {
            gate.adopt(SECOND, KEY, 100, 0, 0);
        }

        @Actor
        public void access(ZZZ_Result r) {
            r.r1 = accepts();
            r.r2 = accepts();
        }

        @Arbiter
        public void after(ZZZ_Result r) {
            r.r3 = accepts();
        }
    }

    @JCStressTest
    @Outcome(id = "false", expect = ACCEPTABLE, desc = "the old epoch is refused for good")
    @State
    public static class AdoptAndClock extends GateFixture {
        @Actor
        public void adopt() {
            gate.adopt(SECOND, KEY, 100, 0, 0);
        }

        @Actor
        public void learn() {
            gate.learnClock(100, 0, 0);
        }

        @Arbiter
        public void after(Z_Result r) {
            r.r1 = accepts();
        }
    }

    @JCStressTest
    @Outcome(id = "false", expect = ACCEPTABLE, desc = "the leader that is gone allows no write any more")
    @State
    public static class SupersedeAndClock extends GateFixture {
        @Actor
        public void supersede() {
            gate.supersede(0);
        }

        @Actor
        public void learn() {
            gate.learnClock(100, 0, 0);
        }

        @Arbiter
        public void after(Z_Result r) {
            r.r1 = accepts();
        }
    }

    @JCStressTest
    @Outcome(id = "false", expect = ACCEPTABLE, desc = "the leader that is gone allows no write any more")
    @State
    public static class SupersedeAndAdopt extends GateFixture {
        @Actor
        public void supersede() {
            gate.supersede(0);
        }

        @Actor
        public void adopt() {
            gate.adopt(SECOND, KEY, 100, 0, 0);
        }

        @Arbiter
        public void after(Z_Result r) {
            r.r1 = accepts();
        }
    }

    /** A clock that was read late says more than is so; what a quick answer says holds, whichever comes first. */
    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "the token's time is not over")
    @State
    public static class QuickAndSlowClock extends GateFixture {
        public QuickAndSlowClock() {
            gate.adopt(SECOND, KEY, 1000, 0, 0);
        }

        @Actor
        public void quick() {
            gate.learnClock(150, 0, 0);
        }

        @Actor
        public void slow() {
            gate.learnClock(500, 0, 0);
        }

        @Arbiter
        public void after(Z_Result r) {
            r.r1 = accepts(OF_SECOND);
        }
    }

    /** An access that waits for the node to meet the leader that allowed it is woken by that. */
    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "long before its time")
    @State
    public static class WaitAndAdopt extends GateFixture {
        @Actor
        public void await(Z_Result r) {
            r.r1 = waitedShortly();
        }

        @Actor
        public void adopt() {
            gate.adopt(SECOND, KEY, 100, 0, 0);
        }
    }

    /** Reads under the leader that is gone go on for a while (S9). */
    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE)
    @State
    public static class ReadsAndSupersede extends GateFixture {
        private static final int READS = 100;

        @Actor
        public void read(Z_Result r) {
            r.r1 = true;
            for (int i = 0; i < READS; i++) {
                r.r1 &= accepts(READ_OF_FIRST);
            }
        }

        @Actor
        public void supersede() {
            gate.supersede(1);
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "long before its time")
    @State
    public static class WaitAndEndOfWaits extends GateFixture {
        @Actor
        public void await(Z_Result r) {
            r.r1 = waitedShortly();
        }

        @Actor
        public void end() {
            gate.endWaits();
        }
    }
}
