package io.mooncake4j.transfer.server;

import static io.mooncake4j.transfer.concurrency.Interleavings.check;
import static io.mooncake4j.transfer.concurrency.Interleavings.explore;
import static io.mooncake4j.transfer.concurrency.Interleavings.together;

import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Cuts of sessions against accesses in flight (S2, S3). */
class SessionInterleavings {
    private static final UUID CLIENT = new UUID(1, 1);

    /** One connection's thread, and what a cut promises about it. */
    private static final class Connection {
        volatile boolean closed;
        volatile boolean cutIsComplete;
        volatile boolean copiedAfterCut;

        /** As a node's connection: admitted, it copies until it is closed, and then leaves. */
        void serve(SessionTable table, long generation) {
            Session session;
            try {
                session = table.open(CLIENT, generation, () -> closed = true);
            } catch (StoreException refused) {
                return;
            }
            for (int i = 0; i < 2 && !closed; i++) {
                copiedAfterCut |= cutIsComplete;
            }
            session.leave();
        }
    }

    @Test
    void shouldLetNobodyCopyWhenACutIsComplete() {
        explore(() -> {
            SessionTable table = new SessionTable(SafetyRules.ALL);
            Connection connection = new Connection();
            together(
                    () -> connection.serve(table, 1),
                    () -> table.cut(CLIENT, 1).thenRun(() -> connection.cutIsComplete = true));
            check(connection.cutIsComplete, "the cut never completes");
            check(!connection.copiedAfterCut, "it copied after the cut");
            check(table.openCount() == 0, "a session is left");
        });
    }

    @Test
    void shouldLetNobodyCopyWhenAllAreCutAndAGenerationToo() {
        explore(() -> {
            SessionTable table = new SessionTable(SafetyRules.ALL);
            Connection connection = new Connection();
            together(
                    () -> connection.serve(table, 2),
                    () -> table.cutAll().thenRun(() -> connection.cutIsComplete = true),
                    () -> table.cut(CLIENT, 1));
            check(connection.cutIsComplete, "the cut never completes");
            check(!connection.copiedAfterCut, "it copied after the cut");
            check(table.openCount() == 0, "a session is left");
        });
    }

    @Test
    void shouldAdmitTheNextGenerationWhenTheLastOneIsCut() {
        explore(() -> {
            SessionTable table = new SessionTable(SafetyRules.ALL);
            Session[] next = new Session[1];
            together(
                    () -> table.cut(CLIENT, 1),
                    () -> next[0] = table.open(CLIENT, 2, () -> {
                        throw new AssertionError("a later generation is closed");
                    }));
            check(table.openCount() == 1, "the later generation is gone");
        });
    }
}
