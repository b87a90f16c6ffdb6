package io.mooncake4j.transfer.wire;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** An instant of this process's monotonic clock ({@link System#nanoTime()}). Never travels: durations do (S9). */
public final class Deadline {
    private final long atNanos;

    private Deadline(long atNanos) {
        this.atNanos = atNanos;
    }

    public static Deadline after(Duration duration) {
        return afterNanos(duration.toNanos());
    }

    /** At most 30 days ahead. */
    public static Deadline afterNanos(long nanos) {
        return new Deadline(System.nanoTime() + Math.min(nanos, TimeUnit.DAYS.toNanos(30)));
    }

    /** The earlier of this and {@code nanos} from now. */
    public Deadline orAfterNanos(long nanos) {
        Deadline other = afterNanos(nanos);
        return other.atNanos - atNanos < 0 ? other : this;
    }

    /** The nanoTime at which it ends. */
    public long atNanos() {
        return atNanos;
    }

    /** At most zero when it has ended. */
    public long remainingNanos() {
        return atNanos - System.nanoTime();
    }

    public boolean expired() {
        return remainingNanos() <= 0;
    }
}
