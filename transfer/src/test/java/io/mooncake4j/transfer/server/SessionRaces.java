package io.mooncake4j.transfer.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Cuts of sessions against accesses in flight (S2, S3). */
public class SessionRaces {
    private static final UUID CLIENT = new UUID(1, 1);

    private SessionRaces() {}

    /** One connection's thread, and what a cut promises about it. */
    private abstract static class Connection {
        /** A copy takes as long as so many looks at whether it is to end. */
        private static final int LOOKS = 20;

        final SessionTable table = new SessionTable(SafetyRules.ALL);
        private volatile boolean closed;
        private volatile boolean cutIsComplete;
        private boolean admitted;
        private boolean copiedAfterCut;

        /** As a node's connection: admitted, it copies until it is closed, and then leaves. */
        final void serve(long generation) {
            Session session;
            try {
                session = table.open(CLIENT, generation, () -> closed = true);
            } catch (StoreException refused) {
                return;
            }
            admitted = true;
            for (int i = 0; i < LOOKS && !closed; i++) {
                copiedAfterCut |= cutIsComplete;
            }
            session.leave();
        }

        final void whenCut(CompletionStage<Void> cut) {
            cut.thenRun(() -> cutIsComplete = true);
        }

        final void see(ZZZ_Result r) {
            r.r1 = cutIsComplete;
            r.r2 = copiedAfterCut;
            r.r3 = table.openCount() > 0;
        }
    }

    @JCStressTest
    @Outcome(
            id = "true, false, false",
            expect = ACCEPTABLE,
            desc = "the cut completes, then nobody copies, nobody is left")
    @State
    public static class OpenAndCut extends Connection {
        @Actor
        public void serve() {
            serve(1);
        }

        @Actor
        public void cut() {
            whenCut(table.cut(CLIENT, 1));
        }

        @Arbiter
        public void after(ZZZ_Result r) {
            see(r);
        }
    }

    @JCStressTest
    @Outcome(
            id = "true, false, false",
            expect = ACCEPTABLE,
            desc = "the cut completes, then nobody copies, nobody is left")
    @State
    public static class OpenAndCutOfAll extends Connection {
        @Actor
        public void serve() {
            serve(2);
        }

        @Actor
        public void cut() {
            whenCut(table.cutAll());
        }

        @Arbiter
        public void after(ZZZ_Result r) {
            see(r);
        }
    }

    /** One connection ends by itself when another one comes. */
    @JCStressTest
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "the one is there, the other isn't")
    @State
    public static class OpenAndLeave {
        private final SessionTable table = new SessionTable(SafetyRules.ALL);
        private final Session old = table.open(CLIENT, 1, () -> {});
        private boolean closed;

        @Actor
        public void open() {
            table.open(CLIENT, 2, () -> closed = true);
        }

        @Actor
        public void leave() {
            old.leave();
        }

        @Arbiter
        public void after(ZZ_Result r) {
            assertThat(table.openCount()).isOne();
            table.cutAll();
            r.r1 = closed;
            r.r2 = !old.left().isDone();
        }
    }

    @JCStressTest
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "the cut leaves the later generation alone")
    @State
    public static class NextOpenAndCut {
        private final SessionTable table = new SessionTable(SafetyRules.ALL);
        private volatile boolean closed;

        @Actor
        public void open() {
            table.open(CLIENT, 2, () -> closed = true);
        }

        @Actor
        public void cut() {
            table.cut(CLIENT, 1);
        }

        @Arbiter
        public void after(ZZ_Result r) {
            r.r1 = closed;
            r.r2 = table.openCount() == 1;
        }
    }

    /** A write that is admitted under a leader is cut with it: whoever isn't seen to write sees that the leader is gone. */
    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "admitted, and cut")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "refused, and cut in vain")
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "refused")
    @State
    public static class WriteAndNextLeader extends GateFixture {
        private final SessionTable table = new SessionTable(SafetyRules.ALL);
        private boolean closed;
        private final Session session = table.open(CLIENT, 1, () -> closed = true);

        @Actor
        public void write(ZZ_Result r) {
            session.beginWrite();
            r.r1 = accepts();
        }

        @Actor
        public void follow() {
            gate.supersede(0);
            table.cutWriters();
        }

        @Arbiter
        public void after(ZZ_Result r) {
            r.r2 = closed;
        }
    }
}
