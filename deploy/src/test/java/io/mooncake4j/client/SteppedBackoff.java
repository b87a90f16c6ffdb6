package io.mooncake4j.client;

/** {@link Backoff} without a thread. */
final class SteppedBackoff {
    private final Surroundings around;
    private final Backoff pauses;

    SteppedBackoff(Surroundings around) {
        this(around, Backoff.LONGEST_NANOS);
    }

    SteppedBackoff(Surroundings around, long longestNanos) {
        this.around = around;
        this.pauses = new Backoff(longestNanos, around::random);
    }

    /** Goes on after a pause, or, if the deadline comes first, then with the other. */
    void pause(long deadlineNanos, Runnable again, Runnable over) {
        long pause = pauses.nextNanos();
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
