package io.mooncake4j.transfer.wire;

/** Two clocks' rates differ by at most ε = 1 % (S9): who holds a promise counts it shorter, who gave it, longer. */
public final class ClockDrift {
    private ClockDrift() {}

    /** D·(1−ε). */
    public static long heldNanos(long nanos) {
        return nanos - nanos / 100;
    }

    /** D·(1+ε). */
    public static long grantedNanos(long nanos) {
        return nanos + nanos / 100;
    }
}
