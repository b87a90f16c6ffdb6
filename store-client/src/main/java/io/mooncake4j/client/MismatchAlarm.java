package io.mooncake4j.client;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Counts the reads whose bytes did not have their checksum, and tells of the first, then at most once in 30 s: a get tries
 * again and again, and many gets may find the same damage. Safe for all threads.
 */
final class MismatchAlarm {
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Consumer<String> log;
    private long count;
    private long toldCount;
    private long toldNanos;

    MismatchAlarm(Consumer<String> log) {
        this.log = log;
    }

    synchronized void raise(long objectId, String detail, long nowNanos) {
        count++;
        if (count > 1 && nowNanos - toldNanos < EVERY_NANOS) {
            return;
        }
        long untold = count - toldCount - 1;
        log.accept(
                "object " + objectId + ": " + detail + (untold == 0 ? "" : "; so had " + untold + " reads before it"));
        toldCount = count;
        toldNanos = nowNanos;
    }

    synchronized long count() {
        return count;
    }
}
