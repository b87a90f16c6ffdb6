package io.mooncake4j.transfer.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class BusyPollTest {
    private static final Duration SHORT = Duration.ofNanos(1);
    private static final Duration LONG = Duration.ofHours(1);
    private static final IntSupplier NOTHING = () -> 0;

    @Test
    void shouldPollEverMoreRarelyWhenNothingIsFound() {
        BusyPoll poll = new BusyPoll(SHORT);
        int polls = 0;
        for (int sleep = 0; sleep < 6_500; sleep++) {
            if (poll.begin()) {
                polls++;
                waste(poll);
            }
        }
        assertThat(polls).isBetween(100, 110);
        poll.found();
        assertThat(poll.begin()).isTrue();
    }

    @Test
    void shouldNeverPollWhenTheWindowIsZero() throws Exception {
        assertThat(new BusyPoll(Duration.ZERO).begin()).isFalse();
        SelectStrategy select = BusySelect.factory(Duration.ZERO).newSelectStrategy();
        assertThat(select.calculateStrategy(() -> 1, false)).isEqualTo(1);
        assertThat(select.calculateStrategy(NOTHING, false)).isEqualTo(SelectStrategy.SELECT);
    }

    @Test
    void shouldLookOnWhenThereWasWorkAndSleepWhenTheTimeIsOver() throws Exception {
        SelectStrategy patient = BusySelect.factory(LONG).newSelectStrategy();
        assertThat(patient.calculateStrategy(NOTHING, false)).isEqualTo(SelectStrategy.SELECT);
        assertThat(patient.calculateStrategy(NOTHING, false)).isEqualTo(SelectStrategy.CONTINUE);
        assertThat(patient.calculateStrategy(() -> 3, false)).isEqualTo(3);
        assertThat(patient.calculateStrategy(NOTHING, false)).isEqualTo(SelectStrategy.CONTINUE);
        assertThat(patient.calculateStrategy(NOTHING, true)).isZero();

        SelectStrategy hasty = BusySelect.factory(SHORT).newSelectStrategy();
        hasty.calculateStrategy(() -> 1, false);
        int strategy = hasty.calculateStrategy(NOTHING, false);
        while (strategy == SelectStrategy.CONTINUE) { // until the clock moves
            strategy = hasty.calculateStrategy(NOTHING, false);
        }
        assertThat(strategy).isEqualTo(SelectStrategy.SELECT);
    }

    @Test
    void shouldReturnAtOnceWhenTheAnswerIsThereOrAnotherCallerIsAwake() throws Exception {
        AwakeWait awake = new AwakeWait(LONG);
        awake.await(CompletableFuture.completedFuture("answer"));
        CompletableFuture<String> late = new CompletableFuture<>();
        Thread first = new Thread(() -> awake.await(late));
        first.start();
        try {
            org.awaitility.Awaitility.await().until(awake::taken);
            awake.await(new CompletableFuture<>());
        } finally {
            late.complete("answer");
            first.join();
        }
        assertThat(awake.taken()).isFalse();
    }

    private static void waste(BusyPoll poll) {
        boolean polling = true;
        while (polling) {
            polling = poll.goOn();
        }
    }
}
