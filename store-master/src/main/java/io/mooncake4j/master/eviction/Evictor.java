package io.mooncake4j.master.eviction;

import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.master.placement.Victims;

/**
 * Makes room ahead of need: above the high watermark it evicts down to the low one. Memory on its way to free counts
 * as free. For one thread.
 */
public final class Evictor {
    /** Below the watermark free memory is in pieces: what is evicted for one value must be more than its size. */
    private static final double WANTED_STEP_RATIO = 0.01;

    /** How many times its size must be on its way to free before a value is left to wait for that. */
    private static final long PIECES = 4;

    private final MasterCore core;
    private final EvictionPolicy policy;
    private final Victims victims;
    private final double highRatio;
    private final double lowRatio;

    /** @throws IllegalArgumentException unless 0 &lt; low &lt; high &lt;= 1 */
    public Evictor(MasterCore core, EvictionPolicy policy, double highRatio, double lowRatio) {
        if (!(lowRatio > 0 && lowRatio < highRatio && highRatio <= 1)) {
            throw new IllegalArgumentException(
                    "watermarks need 0 < low < high <= 1, not low " + lowRatio + " and high " + highRatio);
        }
        this.core = core;
        this.policy = policy;
        this.victims = new Victims(core);
        this.highRatio = highRatio;
        this.lowRatio = lowRatio;
    }

    /** One pass, about every 10 ms; returns the bytes that were freed. */
    public long run(long nowNanos) {
        long wanted = core.takeRoomWantedBytes();
        long capacity = 0;
        long free = 0;
        long becomingFree = 0;
        for (Segment segment : core.segmentTable().all()) {
            if (segment.usable()) {
                capacity += segment.sizeBytes();
                free += segment.freeBytes();
                becomingFree += segment.heldOffBytes() + segment.quarantinedBytes();
            }
        }
        long used = capacity - free - becomingFree;
        long target = 0;
        boolean nearlyFull = used > capacity * highRatio;
        if (nearlyFull) {
            target = used - (long) (capacity * lowRatio);
        } else if (wanted > 0 && becomingFree < Math.max(PIECES * wanted, (long) (capacity * (highRatio - lowRatio)))) {
            target = Math.max(wanted, (long) (capacity * WANTED_STEP_RATIO));
        }
        if (target <= 0) {
            return 0;
        }
        victims.evictForRoom(!nearlyFull);
        long freed = policy.evict(victims, target, nowNanos);
        (freed > 0 ? core.counters().evictionsFreeing : core.counters().evictionsFruitless).increment();
        return freed;
    }
}
