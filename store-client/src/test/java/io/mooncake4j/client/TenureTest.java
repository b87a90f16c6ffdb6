package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.proto.Placements;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TenureTest {
    private static final long SECOND = 1_000_000_000L;

    private final Queue<CompletableFuture<Tenure.Terms>> asked = new ArrayDeque<>();

    private static Tenure.Terms terms(long sentNanos, long durationNanos, Integer... status) {
        return new Tenure.Terms(
                sentNanos,
                durationNanos,
                List.of(status),
                PlacementTable.read(
                        Placements.getDefaultInstance(), status.length, AccessToken.Mode.READ, new UUID(0, 0)));
    }

    private Tenure tenure(Tenure.Terms first) {
        return new Tenure(first, () -> {
            CompletableFuture<Tenure.Terms> future = new CompletableFuture<>();
            asked.add(future);
            return future;
        });
    }

    @Test
    void shouldCountAPercentLessThanWasPromisedFromBeforeTheRequest() {
        assertThat(tenure(terms(1000, SECOND, 0)).endNanos(0)).isEqualTo(1000 + SECOND / 100 * 99);
    }

    @Test
    void shouldAskOnceAtATimeWhenLessThanAThirdIsLeft() {
        long now = System.nanoTime();
        Tenure fresh = tenure(terms(now, 100 * SECOND, 0));
        fresh.renewIfDue(System.nanoTime());
        assertThat(asked).isEmpty();

        Tenure due = tenure(terms(now - 70 * SECOND, 100 * SECOND, 0));
        due.renewIfDue(System.nanoTime());
        due.renewIfDue(System.nanoTime());
        assertThat(asked).hasSize(1);
    }

    @Test
    void shouldProlongOnlyTheKeysThatWereRenewed() {
        long now = System.nanoTime();
        Tenure tenure = tenure(terms(now - 9 * SECOND, 10 * SECOND, 0, 0));
        long oldEnd = tenure.endNanos(1);
        tenure.renewIfDue(System.nanoTime());
        Tenure.Terms answer = terms(now, 10 * SECOND, 0, -704);
        asked.remove().complete(answer);

        assertThat(tenure.endNanos(0)).isEqualTo(now + 99 * SECOND / 10);
        assertThat(tenure.endNanos(1)).isEqualTo(oldEnd);
        assertThat(tenure.terms()).isSameAs(answer);
        tenure.renewIfDue(System.nanoTime());
        assertThat(asked).isEmpty();
    }

    @Test
    void shouldKeepTheOldTermsAndAskAgainWhenARenewalFails() {
        Tenure.Terms first = terms(System.nanoTime() - 9 * SECOND, 10 * SECOND, 0);
        Tenure tenure = tenure(first);
        tenure.renewIfDue(System.nanoTime());
        asked.remove().completeExceptionally(new IllegalStateException("lost"));

        assertThat(tenure.terms()).isSameAs(first);
        tenure.renewIfDue(System.nanoTime());
        assertThat(asked).hasSize(1);
    }

    @Test
    void shouldWaitNoLongerThanTheDeadlineWhenNoAnswerComes() {
        Tenure tenure = tenure(terms(System.nanoTime() - 9 * SECOND, 10 * SECOND, 0));

        tenure.renewIfDueAndWait(Deadline.after(Duration.ofMillis(20)));

        assertThat(asked).hasSize(1);
    }

    @Test
    void shouldHaveRenewedWhenTheAnswerIsThereAtOnce() {
        Tenure.Terms fresh = terms(System.nanoTime(), 10 * SECOND, 0);
        Tenure tenure = new Tenure(
                terms(System.nanoTime() - 9 * SECOND, 10 * SECOND, 0), () -> CompletableFuture.completedFuture(fresh));

        tenure.renewIfDueAndWait(Deadline.after(Duration.ofSeconds(10)));

        assertThat(tenure.terms()).isSameAs(fresh);
    }
}
