package io.mooncake4j.transfer.rpc;

import java.time.Duration;

/**
 * When to look for work for a moment before sleeping: what comes soon is then taken sooner than a core wakes up. Done
 * ever more rarely, down to one sleep in {@value #MOST_SKIPPED}, where it has found nothing lately. One thread at a time.
 */
public final class BusyPoll {
    /** For how long it is done unless a setting says otherwise: 200 µs. */
    public static final Duration DEFAULT = Duration.ofNanos(200_000);

    /** For how long it may be done: 10 ms. */
    public static final Duration LONGEST = Duration.ofMillis(10);

    private static final int MOST_SKIPPED = 64;

    private final long windowNanos;
    private int toSkip;
    private int skipped;
    private long sinceNanos;

    BusyPoll(Duration window) {
        this.windowNanos = window.toNanos();
    }

    /** Begins, if it is worth while; then {@link #goOn} and {@link #found} follow. */
    boolean begin() {
        if (windowNanos == 0 || skipped < toSkip) {
            skipped++;
            return false;
        }
        skipped = 0;
        sinceNanos = System.nanoTime();
        return true;
    }

    /** Lets other threads run; false when the time is over. */
    boolean goOn() {
        if (System.nanoTime() - sinceNanos >= windowNanos) {
            toSkip = Math.min(MOST_SKIPPED, Math.max(1, 2 * toSkip));
            return false;
        }
        Thread.yield();
        return true;
    }

    void found() {
        toSkip = 0;
    }
}
