package io.mooncake4j.deploy.ha;

import static org.awaitility.Awaitility.await;

import java.time.Duration;

/** The time that a fault lasts. */
final class Meanwhile {
    private Meanwhile() {}

    static void pass(Duration time) {
        passSince(System.nanoTime(), time);
    }

    static void passSince(long begunNanos, Duration time) {
        await().atMost(time.plusSeconds(10)).until(() -> System.nanoTime() - begunNanos >= time.toNanos());
    }
}
