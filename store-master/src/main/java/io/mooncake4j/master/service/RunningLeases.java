package io.mooncake4j.master.service;

import java.util.function.LongSupplier;

/**
 * How many read leases run. A lease is a time stamp at its object, which nobody is told of when it ends: to count them
 * would be to look at every object. So these are the ones that were given within the last lease time, to a twentieth of it,
 * by looks at a count that grows. Safe for all threads.
 */
final class RunningLeases {
    private static final int LOOKS = 20;
    private static final long LEAST_MILLIS = 10;

    private final LongSupplier given;
    private final long everyMillis;
    /** What had been given at the last looks, the oldest to be overwritten next. */
    private final long[] seen = new long[LOOKS];

    private int next;

    /** @param given how many there were since the term began */
    RunningLeases(long leaseMillis, LongSupplier given) {
        this.given = given;
        this.everyMillis = Math.max(LEAST_MILLIS, leaseMillis / LOOKS);
    }

    /** How often to {@link #look}. */
    long everyMillis() {
        return everyMillis;
    }

    synchronized void look() {
        seen[next] = given.getAsLong();
        next = (next + 1) % LOOKS;
    }

    synchronized long count() {
        return given.getAsLong() - seen[next];
    }
}
