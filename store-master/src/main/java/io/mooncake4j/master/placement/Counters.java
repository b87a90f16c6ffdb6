package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.metrics.SizeHistogram;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What the master counts from the start of its term on. Safe for all threads. */
public final class Counters {
    public final LongAdder putsCommitted = new LongAdder();
    /** Sizes of the values put, each once. */
    public final LongAdder putBytes = new LongAdder();
    /** The same sizes, by class. */
    public final SizeHistogram putSizes = sizes();

    public final LongAdder getsHit = new LongAdder();
    public final LongAdder getsMissed = new LongAdder();
    /** Sizes of the values whose replicas were told to readers. */
    public final LongAdder locatedBytes = new LongAdder();
    /** Read leases that were prolonged; each hit gives one. */
    public final LongAdder leasesRenewed = new LongAdder();

    /** Tries of puts that found no room. */
    public final LongAdder putsFull = new LongAdder();
    /** Tries of puts that no segment is large enough for. */
    public final LongAdder putsTooLarge = new LongAdder();
    /** Keys of requests that were turned away as the journal took nothing. */
    public final LongAdder putsRefused = new LongAdder();
    /** Puts that were granted fewer replicas than they asked for. */
    public final LongAdder putsPartial = new LongAdder();

    public final LongAdder evictedObjects = new LongAdder();
    public final LongAdder evictedBytes = new LongAdder();
    /** Of those, what went since the store was nearly full. */
    public final LongAdder evictedOverWatermarkObjects = new LongAdder();

    public final LongAdder evictedOverWatermarkBytes = new LongAdder();
    /** Of those, what went for a value that found no room all the same. */
    public final LongAdder evictedForRoomObjects = new LongAdder();

    public final LongAdder evictedForRoomBytes = new LongAdder();
    public final LongAdder evictionsFreeing = new LongAdder();
    /** When everything was leased, pinned or unfinished. */
    public final LongAdder evictionsFruitless = new LongAdder();

    public final LongAdder sessionsCut = new LongAdder();
    public final LongAdder grantsLapsed = new LongAdder();
    /** Segments whose content was given up. */
    public final LongAdder segmentsDropped = new LongAdder();
    /** Replicas that readers found corrupt, each once. */
    public final LongAdder corruptionReports = new LongAdder();
    /** Of those, the ones that their node found corrupt, too. */
    public final LongAdder corruptReplicas = new LongAdder();

    /** Classes of values' sizes; Mooncake's. */
    public static SizeHistogram sizes() {
        return new SizeHistogram(4 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20, 64 << 20);
    }

    /** Takes in what was counted in another term. */
    public void add(Counters other) {
        List<LongAdder> own = all();
        List<LongAdder> others = other.all();
        for (int i = 0; i < own.size(); i++) {
            own.get(i).add(others.get(i).sum());
        }
        putSizes.add(other.putSizes);
    }

    private List<LongAdder> all() {
        return List.of(
                putsCommitted,
                putBytes,
                getsHit,
                getsMissed,
                locatedBytes,
                leasesRenewed,
                putsFull,
                putsTooLarge,
                putsRefused,
                putsPartial,
                evictedObjects,
                evictedBytes,
                evictedOverWatermarkObjects,
                evictedOverWatermarkBytes,
                evictedForRoomObjects,
                evictedForRoomBytes,
                evictionsFreeing,
                evictionsFruitless,
                sessionsCut,
                grantsLapsed,
                segmentsDropped,
                corruptionReports,
                corruptReplicas);
    }
}
