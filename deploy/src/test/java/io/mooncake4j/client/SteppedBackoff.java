package io.mooncake4j.client;

/** {@link Backoff} without a thread: 1 ms, doubling to 100 ms, each shortened by up to a half at random. */
final class SteppedBackoff {
    private static final long FIRST_NANOS = 1_000_000L;
    private static final long LONGEST_NANOS = 100_000_000L;

    private final Surroundings around;
    private final long longestNanos;
    private long nextNanos = FIRST_NANOS;

    SteppedBackoff(Surroundings around) {
        this(around, LONGEST_NANOS);
    }

    SteppedBackoff(Surroundings around, long longestNanos) {
        this.around = around;
        this.longestNanos = longestNanos;
    }

    long nextNanos() {
        long pause = nextNanos / 2 + around.random().nextLong(nextNanos / 2);
        nextNanos = Math.min(2 * nextNanos, longestNanos);
        return pause;
    }

    /** Goes on after a pause, or, if the deadline comes first, then with the other. */
    void pause(long deadlineNanos, Runnable again, Runnable over) {
        long pause = nextNanos();
        long remaining = deadlineNanos - around.nowNanos();
        if (remaining <= 0) {
            over.run();
            return;
        }
        around.after(Math.min(pause, remaining), () -> {
            if (deadlineNanos - around.nowNanos() > 0) {
                again.run();
            } else {
                over.run();
            }
        });
    }
}
