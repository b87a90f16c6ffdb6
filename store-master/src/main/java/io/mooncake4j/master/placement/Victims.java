package io.mooncake4j.master.placement;

import org.jspecify.annotations.Nullable;

/** What an eviction policy sees: per shard, the objects that may go, oldest access first. Safe for all threads. */
public final class Victims {
    /** How well an object is protected. */
    public enum Class {
        ORDINARY,
        SOFT_PINNED
    }

    /** No object of the class may go. */
    public static final long NOTHING = Long.MIN_VALUE;

    /** Leased objects were read a moment ago: behind a few of them everything else is leased, too. */
    private static final int MAX_SKIPPED = 32;

    private final MasterCore core;

    public Victims(MasterCore core) {
        this.core = core;
    }

    public int shards() {
        return ObjectTable.SHARDS;
    }

    /** When the shard's first candidate was read last, or {@link #NOTHING}. */
    public long oldestAccess(Class which, int index, long nowNanos) {
        ObjectShard shard = core.objects.shard(index);
        synchronized (shard) {
            ObjectEntry entry = candidate(shard, which, nowNanos);
            return entry == null ? NOTHING : entry.accessedNanos;
        }
    }

    /** Evicts the shard's first candidate; returns the bytes of memory it held, 0 if there was none. */
    public long evictOldest(Class which, int index, long nowNanos) {
        ObjectShard shard = core.objects.shard(index);
        synchronized (shard) {
            ObjectEntry entry = candidate(shard, which, nowNanos);
            if (entry == null) {
                return 0;
            }
            long freed = 0;
            for (Replica replica : entry.replicas) {
                if (replica.segment().readable()) {
                    for (Extent extent : replica.extents()) {
                        freed += SegmentSpace.alignedBytes(extent.lengthBytes());
                    }
                }
            }
            core.removals().remove(shard, entry, nowNanos);
            core.counters.evictedObjects.increment();
            core.counters.evictedBytes.add(entry.sizeBytes);
            return freed;
        }
    }

    private static @Nullable ObjectEntry candidate(ObjectShard shard, Class which, long nowNanos) {
        unpinExpired(shard, nowNanos);
        AccessOrder order = which == Class.ORDINARY ? shard.ordinary() : shard.softPinned();
        ObjectEntry entry = order.oldest();
        for (int skipped = 0; entry != null && skipped < MAX_SKIPPED; skipped++) {
            if (!entry.leased(nowNanos)) {
                return entry;
            }
            entry = entry.newer;
        }
        return null;
    }

    /** A soft pin that has ended leaves an ordinary object, ordered by its last access. */
    private static void unpinExpired(ObjectShard shard, long nowNanos) {
        ObjectEntry entry = shard.softPinned().oldest();
        for (int seen = 0; entry != null && seen < MAX_SKIPPED; seen++) {
            ObjectEntry next = entry.newer;
            if (entry.softPinnedUntilNanos - nowNanos <= 0) {
                shard.softPinned().remove(entry);
                shard.ordinary().insertByAccess(entry);
            }
            entry = next;
        }
    }
}
