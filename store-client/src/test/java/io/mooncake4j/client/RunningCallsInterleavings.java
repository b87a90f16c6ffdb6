package io.mooncake4j.client;

import static io.mooncake4j.transfer.concurrency.Interleavings.check;
import static io.mooncake4j.transfer.concurrency.Interleavings.explore;
import static io.mooncake4j.transfer.concurrency.Interleavings.together;

import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Calls that begin and end while their client is closed. */
class RunningCallsInterleavings {
    private static final Duration LONG = Duration.ofDays(1);

    @Test
    void shouldWaitForEveryCallThatBeganWhenClosed() {
        explore(() -> {
            RunningCalls calls = new RunningCalls();
            boolean[] gone = new boolean[1];
            Runnable call = () -> {
                try {
                    calls.begin();
                } catch (StoreException closed) {
                    return;
                }
                check(!gone[0], "what it works with is gone");
                calls.end();
            };
            together(call, call, () -> {
                calls.close();
                check(calls.awaitNone(LONG), "it never saw them end");
                gone[0] = true;
            });
        });
    }

    /** A call leaves behind what must still be finished. */
    @Test
    void shouldWaitForWhatACallLeftBehindWhenClosed() {
        explore(() -> {
            RunningCalls calls = new RunningCalls();
            boolean[] finished = new boolean[1];
            calls.begin();
            calls.hold();
            together(
                    calls::end,
                    () -> {
                        finished[0] = true;
                        calls.end();
                    },
                    () -> {
                        calls.close();
                        check(calls.awaitNone(LONG) && finished[0], "closed over what was held");
                    });
        });
    }
}
