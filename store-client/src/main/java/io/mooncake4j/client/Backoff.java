package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Pauses between tries: 1 ms, doubling to 100 ms unless said, each shortened by up to a half at random. For one thread. */
final class Backoff {
    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final long longestNanos;
    private final Supplier<? extends RandomGenerator> random;
    private long nextNanos = FIRST_NANOS;

    Backoff() {
        this(LONGEST_NANOS);
    }

    Backoff(long longestNanos) {
        this(longestNanos, ThreadLocalRandom::current);
    }

    Backoff(long longestNanos, Supplier<? extends RandomGenerator> random) {
        this.longestNanos = longestNanos;
        this.random = random;
    }

    /** How long the next pause is, for one who doesn't block. */
    long nextNanos() {
        long pause = nextNanos / 2 + random.get().nextLong(nextNanos / 2);
        nextNanos = Math.min(2 * nextNanos, longestNanos);
        return pause;
    }

    /**
     * Waits, at the longest until the deadline; false when that has come.
     *
     * @throws StoreException INTERRUPTED, the thread's flag kept
     */
    boolean pause(Deadline deadline) {
        long pause = nextNanos();
        long remaining = deadline.remainingNanos();
        if (remaining <= 0) {
            return false;
        }
        try {
            TimeUnit.NANOSECONDS.sleep(Math.min(pause, remaining));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(ErrorCode.INTERRUPTED, "the thread was interrupted between two tries", e);
        }
        return !deadline.expired();
    }
}
