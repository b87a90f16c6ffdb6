package io.mooncake4j.deploy.soak;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a soak does.
 *
 * @param trace null for a generated workload
 * @param speed how many times faster than its timestamps the trace runs
 * @param calm how long it goes on between recovery from one fault and the next fault
 * @param clients threads that serve requests, in this process and again in the one that faults hit
 * @param masterFaultEvery one fault in so many hits the master
 */
record SoakOptions(
        Duration duration,
        @Nullable Path trace,
        double speed,
        Duration calm,
        int nodes,
        long segmentBytes,
        int blockBytes,
        int clients,
        int masterFaultEvery,
        long seed,
        Footprint allowedGrowth) {
    /** Of every client's call. */
    static final Duration OPERATION = Duration.ofSeconds(3);

    static final Duration READ_LEASE = Duration.ofSeconds(1);
    static final Duration WRITE_GRANT = Duration.ofSeconds(2);
    static final Duration NODE_SUSPECT = Duration.ofSeconds(2);
    static final Duration NODE_OFFLINE = Duration.ofSeconds(4);
    static final Duration NODE_DROPPED = Duration.ofSeconds(7);
    /** Longer than the silence after which a node is dropped. */
    static final Duration LONGEST_FREEZE = Duration.ofSeconds(9);

    /**
     * How long after a fault is healed a call may still fail: until every lease and grant of then is over and the
     * sessions of the lapsed ones are cut, and calls that began before that have come to their deadline.
     */
    static final Duration RECOVERY = READ_LEASE.plus(WRITE_GRANT).plusSeconds(2).plus(OPERATION);
}
