package io.mooncake4j.deploy.simulation;

import io.mooncake4j.master.placement.MasterTimes;
import io.mooncake4j.transfer.safety.SafetyRules;
import java.util.SplittableRandom;

/** What kind of world a seed makes. Some are calm, some lose every tenth message. */
record Plan(
        long seed,
        SafetyRules rules,
        int events,
        int nodes,
        int clients,
        int callsPerClient,
        int keys,
        int regionBytes,
        int regions,
        double lost,
        double duplicated,
        double late,
        double stalled,
        long faultEveryNanos,
        boolean checksums,
        boolean slowJournal) {
    private static final long SECOND = 1_000_000_000L;

    /** Short, so that all of it happens within a run; their order is that of the defaults. */
    static final MasterTimes TIMES =
            new MasterTimes(SECOND, 4 * SECOND, SECOND, 3 * SECOND, 4 * SECOND, 8 * SECOND, 16 * SECOND);

    static final long CALL_TIMEOUT_NANOS = 10 * SECOND;

    static Plan of(long seed, SafetyRules rules) {
        SplittableRandom random = new SplittableRandom(seed * 31 + 17);
        boolean rough = random.nextInt(3) > 0;
        return new Plan(
                seed,
                rules,
                random.nextInt(1500, 6000),
                random.nextInt(2, 4),
                random.nextInt(2, 5),
                random.nextInt(1, 4),
                random.nextInt(4, 20),
                512 << random.nextInt(2),
                random.nextInt(2, 7),
                rough ? random.nextDouble(0.08) : 0.002,
                rough ? random.nextDouble(0.08) : 0.01,
                rough ? random.nextDouble(0.08) : 0.01,
                rough ? random.nextDouble(0.01) : 0.002,
                random.nextLong(SECOND / 2, 8 * SECOND),
                random.nextBoolean(),
                random.nextInt(3) == 0);
    }

    long segmentBytes() {
        return (long) regionBytes * regions;
    }
}
