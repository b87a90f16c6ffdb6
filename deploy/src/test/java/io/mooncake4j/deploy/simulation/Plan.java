package io.mooncake4j.deploy.simulation;

import io.mooncake4j.master.placement.MasterTimes;
import io.mooncake4j.transfer.safety.SafetyRules;
import java.time.Duration;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

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
        boolean slowJournal,
        @Nullable ClusterPlan cluster) {

    /**
     * Several masters, with their journal in etcd.
     *
     * @param sync whether puts are acknowledged only when they are durable
     * @param tailBytes see {@link io.mooncake4j.master.journal.JournalOptions}
     * @param leaseSeconds of their read leases, master by master
     */
    record ClusterPlan(boolean sync, long tailBytes, int leaderLeaseSeconds, int[] leaseSeconds, double lost) {
        static ClusterPlan of(SplittableRandom random) {
            int[] leases = new int[random.nextInt(2, 4)];
            for (int i = 0; i < leases.length; i++) {
                leases[i] = random.nextInt(1, 5);
            }
            return new ClusterPlan(
                    random.nextBoolean(),
                    random.nextInt(16) == 0 ? 4 << 10 : 16 << 20,
                    random.nextInt(2, 6),
                    leases,
                    random.nextInt(3) > 0 ? random.nextDouble(0.05) : 0.001);
        }

        MasterTimes times(int master) {
            return TIMES.withReadLease(Duration.ofSeconds(leaseSeconds[master]));
        }
    }

    private static final long SECOND = 1_000_000_000L;

    /** Short, so that all of it happens within a run; their order is that of the defaults. */
    static final MasterTimes TIMES =
            new MasterTimes(SECOND, 4 * SECOND, SECOND, 3 * SECOND, 4 * SECOND, 8 * SECOND, 16 * SECOND);

    static final long CALL_TIMEOUT_NANOS = 10 * SECOND;

    static Plan of(long seed, SafetyRules rules) {
        SplittableRandom random = new SplittableRandom(seed * 31 + 17);
        boolean rough = random.nextInt(3) > 0;
        boolean several = (seed & 1) == 1;
        return new Plan(
                seed,
                rules,
                several ? random.nextInt(3000, 9000) : random.nextInt(1500, 6000),
                random.nextInt(2, 4),
                random.nextInt(2, 5),
                random.nextInt(1, 4),
                random.nextInt(4, 20),
                512 << random.nextInt(2),
                random.nextInt(2, 7),
                rough ? random.nextDouble(0.08) : 0.002,
                several ? 0 : rough ? random.nextDouble(0.08) : 0.01,
                rough ? random.nextDouble(0.08) : 0.01,
                rough ? random.nextDouble(0.01) : 0.002,
                random.nextLong(SECOND / 2, 8 * SECOND),
                random.nextBoolean(),
                random.nextInt(3) == 0,
                several ? ClusterPlan.of(random) : null);
    }

    long segmentBytes() {
        return (long) regionBytes * regions;
    }
}
