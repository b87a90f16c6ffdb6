package io.mooncake4j.transfer.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.safety.SafetySwitches;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SessionTableTest {
    private final UUID client = UUID.randomUUID();
    private final UUID other = UUID.randomUUID();
    private final SessionTable table = new SessionTable(SafetyRules.ALL);
    private final AtomicInteger closed = new AtomicInteger();

    @Test
    void shouldConfirmCutOnlyWhenAllItsConnectionsHaveLeft() {
        Session first = open(client, 1);
        Session second = open(client, 2);
        Session newer = open(client, 3);
        Session stranger = open(other, 1);
        CompletableFuture<Void> cut = cut(client, 2);
        assertThat(closed).hasValue(2);
        first.leave();
        assertThat(cut).isNotDone();
        CompletableFuture<Void> again = cut(client, 2);
        second.leave();
        assertThat(cut).isCompleted();
        assertThat(again).isCompleted();
        assertThat(table.openCount()).isEqualTo(2);
        newer.leave();
        stranger.leave();
        assertThat(cut(client, 2)).isCompleted();
    }

    @Test
    void shouldRefuseCutGenerationsForGoodWhenLaterCutsAreLower() {
        cut(client, 5);
        cut(client, 2);
        assertThatThrownBy(() -> open(client, 5))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SESSION_CUT));
        assertThatThrownBy(() -> open(client, 0)).isInstanceOf(StoreException.class);
        open(client, 6).leave();
        open(other, 0).leave();
    }

    @Test
    void shouldRefuseEverybodyWhenAllAreCut() {
        Session session = open(client, 1);
        CompletableFuture<Void> cut = table.cutAll().toCompletableFuture();
        assertThat(cut).isNotDone();
        assertThatThrownBy(() -> open(other, 100)).isInstanceOf(StoreException.class);
        session.leave();
        assertThat(cut).isCompleted();
    }

    @Test
    void shouldConfirmAtOnceWhenSessionCutIsOff() {
        SessionTable careless = new SessionTable(SafetySwitches.allExcept(SafetyRule.SESSION_CUT));
        careless.open(client, 1, closed::incrementAndGet);
        assertThat(careless.cut(client, 1).toCompletableFuture()).isCompleted();
        assertThat(closed).hasValue(0);
        assertThatThrownBy(() -> careless.open(client, 1, closed::incrementAndGet))
                .isInstanceOf(StoreException.class);
    }

    @Test
    void shouldAdmitCutGenerationWhenGenerationRuleIsOff() {
        SessionTable careless = new SessionTable(SafetySwitches.allExcept(SafetyRule.GENERATION));
        careless.cut(client, 5);
        assertThat(careless.open(client, 5, closed::incrementAndGet).generation())
                .isEqualTo(5);
    }

    @Test
    void shouldCutOnlyWhoWritesWhenLeaderIsSucceeded() {
        Session writer = open(client, 1);
        Session reader = open(client, 1);
        Session stranger = open(other, 1);
        writer.beginWrite();
        stranger.beginWrite();
        stranger.endWrite();

        CompletableFuture<Void> cut = table.cutWriters().toCompletableFuture();

        assertThat(closed).hasValue(1);
        assertThat(cut).isNotDone();
        writer.leave();
        assertThat(cut).isCompleted();
        assertThat(table.openCount()).isEqualTo(2);
        reader.leave();
        stranger.leave();
    }

    @Test
    void shouldCutSessionsOfAFormerLeaderWhateverTheirGenerationWhenThePresentOneCutsTheirClient() {
        cut(client, 7);
        Session former = open(client, 8);
        Session stranger = open(other, 8);
        table.cutWriters();
        Session present = open(client, 2); // generations are a leader's own
        Session cutOne = open(client, 1);

        CompletableFuture<Void> cut = cut(client, 1);

        assertThat(closed).hasValue(2);
        former.leave();
        assertThat(cut).isNotDone();
        cutOne.leave();
        assertThat(cut).isCompleted();
        assertThatThrownBy(() -> open(client, 1)).hasMessageContaining("SESSION_CUT");
        present.leave();
        stranger.leave();
    }

    /** Threads that open as fast as they can: after the cut was confirmed none of the cut generation is inside. */
    @Test
    void shouldHaveNobodyInsideWhenCutRacesWithOpen() throws InterruptedException {
        for (long generation = 0; generation < 300; generation++) {
            long cutGeneration = generation;
            AtomicInteger inside = new AtomicInteger();
            AtomicBoolean refused = new AtomicBoolean();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                Thread thread = new Thread(() -> {
                    while (!refused.get()) {
                        try {
                            Session session = open(client, cutGeneration);
                            inside.incrementAndGet();
                            inside.decrementAndGet();
                            session.leave();
                        } catch (StoreException e) {
                            refused.set(true);
                        }
                    }
                });
                thread.start();
                threads.add(thread);
            }
            cut(client, cutGeneration).orTimeout(20, TimeUnit.SECONDS).join();
            assertThat(inside).hasValue(0);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(table.openCount()).isZero();
        }
    }

    private Session open(UUID who, long generation) {
        return table.open(who, generation, closed::incrementAndGet);
    }

    private CompletableFuture<Void> cut(UUID who, long generation) {
        return table.cut(who, generation).toCompletableFuture();
    }
}
