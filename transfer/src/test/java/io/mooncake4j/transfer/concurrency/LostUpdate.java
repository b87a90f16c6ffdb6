package io.mooncake4j.transfer.concurrency;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Scenarios that go wrong, to see that it is seen. */
public class LostUpdate {
    private LostUpdate() {}

    @JCStressTest
    @Outcome(id = "2", expect = ACCEPTABLE)
    @State
    public static class WithoutLock {
        private int count;

        @Actor
        public void one() {
            count++;
        }

        @Actor
        public void other() {
            count++;
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = count;
        }
    }

    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE)
    @State
    public static class WithFailedCheck {
        @Actor
        public void one() {}

        @Actor
        public void other() {}

        @Arbiter
        public void after(I_Result r) {
            throw new AssertionError("a check failed");
        }
    }
}
