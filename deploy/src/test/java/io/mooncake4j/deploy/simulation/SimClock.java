package io.mooncake4j.deploy.simulation;

/**
 * The monotonic clock of one machine: it began anywhere, and its rate differs from any other's by at most ε = 1 %, the
 * difference that the store allows for (S9).
 */
final class SimClock {
    /** A little less, so that rounding is no difference. */
    private static final double MAX_FAST = 0.00999;

    private final Scheduler scheduler;
    private final double rate;
    private final long offsetNanos;

    SimClock(Scheduler scheduler) {
        this.scheduler = scheduler;
        this.rate = 1
                + MAX_FAST
                        * switch (scheduler.random.nextInt(4)) {
                            case 0 -> 0;
                            case 1 -> 1;
                            default -> scheduler.random.nextDouble();
                        };
        this.offsetNanos = scheduler.between(-1L << 50, 1L << 50);
    }

    long nanos() {
        return offsetNanos + (long) (scheduler.nowNanos() * rate);
    }

    /** How long the world takes until this clock has advanced so far. */
    long worldNanos(long ownNanos) {
        return ownNanos <= 0 ? 0 : (long) Math.ceil(ownNanos / rate) + 1;
    }
}
