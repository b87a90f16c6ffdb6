package io.mooncake4j.transfer.wire;

/** Classes of durations, eight for each power of two: a class's bound exceeds its members by at most 12.5 %. */
public final class LatencyBuckets {
    /** Class 0 is everything below. */
    private static final int SMALLEST_EXPONENT = 10;

    private static final int LARGEST_EXPONENT = 36;
    private static final int STEP_BITS = 3;

    /** How many classes there are. */
    public static final int COUNT = 1 + (LARGEST_EXPONENT - SMALLEST_EXPONENT + 1 << STEP_BITS);

    private LatencyBuckets() {}

    /** The class of a duration; the last one for all that take more than a minute. */
    public static int of(long nanos) {
        if (nanos < 1L << SMALLEST_EXPONENT) {
            return 0;
        }
        int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
        if (exponent > LARGEST_EXPONENT) {
            return COUNT - 1;
        }
        int step = (int) (nanos >>> exponent - STEP_BITS) & (1 << STEP_BITS) - 1;
        return 1 + (exponent - SMALLEST_EXPONENT << STEP_BITS) + step;
    }

    /** What every duration of the class is below, but for the last class. */
    public static long boundNanos(int bucket) {
        if (bucket == 0) {
            return 1L << SMALLEST_EXPONENT;
        }
        int exponent = SMALLEST_EXPONENT + (bucket - 1 >> STEP_BITS);
        int step = (bucket - 1 & (1 << STEP_BITS) - 1) + 1;
        return (1L << exponent) + ((long) step << exponent - STEP_BITS);
    }
}
