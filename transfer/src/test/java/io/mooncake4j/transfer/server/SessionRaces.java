package io.mooncake4j.transfer.server;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Cuts of sessions against accesses in flight (S2, S3). */
public class SessionRaces {
    private static final UUID CLIENT = new UUID(1, 1);
    private static final UUID OTHER = new UUID(1, 2);

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

    /** Connections end by themselves when others come. */
    @JCStressTest
    @Outcome(id = "12, 12", expect = ACCEPTABLE, desc = "those that came are there, and are cut with all")
    @State
    public static class OpensAndLeaves {
        private static final int EACH = 12;
        private final SessionTable table = new SessionTable(SafetyRules.ALL);
        private final List<Session> old = Stream.generate(() -> table.open(CLIENT, 1, () -> {}))
                .limit(EACH)
                .toList();
        private int closed;

        @Actor
        public void open() {
            for (int i = 0; i < EACH; i++) {
                table.open(CLIENT, 2, () -> closed++);
            }
        }

        @Actor
        public void leave() {
            old.forEach(Session::leave);
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = table.openCount();
            table.cutAll();
            r.r2 = closed;
        }
    }

    /** Cuts look for their sessions while other clients come and go. */
    @JCStressTest
    @Outcome(id = "20", expect = ACCEPTABLE, desc = "every cut closes it")
    @State
    public static class CutsAndOthers {
        private static final int TIMES = 20;
        private final SessionTable table = new SessionTable(SafetyRules.ALL);
        private int closed;

        public CutsAndOthers() {
            table.open(CLIENT, 1, () -> closed++);
        }

        @Actor
        public void comeAndGo() {
            for (int i = 0; i < TIMES; i++) {
                table.open(OTHER, 1, () -> {}).leave();
            }
        }

        @Actor
        public void cut() {
            for (int i = 0; i < TIMES; i++) {
                table.cut(CLIENT, 1);
            }
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = closed;
        }
    }

    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "what was cut is refused for good")
    @State
    public static class CutsAndCuts {
        private static final int EACH = 16;
        private final SessionTable table = new SessionTable(SafetyRules.ALL);

        @Actor
        public void one() {
            cutFrom(0);
        }

        @Actor
        public void other() {
            cutFrom(EACH);
        }

        private void cutFrom(int first) {
            for (int i = 0; i < EACH; i++) {
                table.cut(new UUID(2, first + i), 1);
            }
        }

        @Arbiter
        public void after(I_Result r) {
            for (int i = 0; i < 2 * EACH; i++) {
                try {
                    table.open(new UUID(2, i), 1, () -> {});
                    r.r1++;
                } catch (StoreException refused) {
                    // as it should be
                }
            }
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
