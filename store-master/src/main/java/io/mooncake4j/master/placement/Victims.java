package io.mooncake4j.master.placement;

/** What an eviction policy sees: per shard, the objects that may go, longest unread first. Safe for all threads. */
public final class Victims {
    /** How well an object is protected. */
    public enum Class {
        ORDINARY,
        SOFT_PINNED
    }

    /** No object of the class may go. */
    public static final long NOTHING = Long.MIN_VALUE;

    private final MasterCore core;
    private volatile boolean forRoom;

    public Victims(MasterCore core) {
        this.core = core;
    }

    /** Why it evicts from now on: for a value that found no room, or since the store is nearly full. */
    public void evictForRoom(boolean yes) {
        forRoom = yes;
    }

    public int shards() {
        return ObjectTable.SHARDS;
    }

    /** When the shard's first candidate was read last, or {@link #NOTHING}. */
    public long oldestAccess(Class which, int index, long nowNanos) {
        ObjectShard shard = core.objects.shard(index);
        synchronized (shard) {
            ObjectEntry entry = shard.evictable().oldest(which, nowNanos);
            return entry == null ? NOTHING : entry.accessedNanos;
        }
    }

    /** Evicts the shard's first candidate; returns the bytes of memory it held, 0 if there was none. */
    public long evictOldest(Class which, int index, long nowNanos) {
        ObjectShard shard = core.objects.shard(index);
        synchronized (shard) {
            ObjectEntry entry = shard.evictable().oldest(which, nowNanos);
            if (entry == null) {
                return 0;
            }
            long freed = 0;
            for (Replica replica : entry.replicas) {
                if (replica.segment().readable()) {
                    for (int i = 0; i < replica.extentCount(); i++) {
                        freed += SegmentSpace.alignedBytes(replica.lengthBytes(i));
                    }
                }
            }
            core.removals().remove(shard, entry, nowNanos);
            core.counters.evictedObjects.increment();
            core.counters.evictedBytes.add(entry.sizeBytes);
            if (forRoom) {
                core.counters.evictedForRoomObjects.increment();
                core.counters.evictedForRoomBytes.add(entry.sizeBytes);
            } else {
                core.counters.evictedOverWatermarkObjects.increment();
                core.counters.evictedOverWatermarkBytes.add(entry.sizeBytes);
            }
            return freed;
        }
    }
}
