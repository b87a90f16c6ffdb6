package io.mooncake4j.master.eviction;

import io.mooncake4j.master.placement.Victims;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Least recently used first over all shards: exact but for accesses that race with the eviction. Soft-pinned objects
 * go only when nothing else is left.
 */
public final class NearLru implements EvictionPolicy {
    private record Head(int shard, long accessedNanos) {}

    @Override
    public long evict(Victims victims, long bytes, long nowNanos) {
        long freed = evict(victims, Victims.Class.ORDINARY, bytes, nowNanos);
        if (freed < bytes) {
            freed += evict(victims, Victims.Class.SOFT_PINNED, bytes - freed, nowNanos);
        }
        return freed;
    }

    private static long evict(Victims victims, Victims.Class which, long bytes, long nowNanos) {
        PriorityQueue<Head> heads =
                new PriorityQueue<>(Comparator.comparingLong(head -> head.accessedNanos() - nowNanos));
        for (int shard = 0; shard < victims.shards(); shard++) {
            offer(heads, victims, which, shard, nowNanos);
        }
        long freed = 0;
        for (Head head = heads.poll(); head != null && freed < bytes; head = heads.poll()) {
            freed += victims.evictOldest(which, head.shard(), nowNanos);
            offer(heads, victims, which, head.shard(), nowNanos);
        }
        return freed;
    }

    private static void offer(
            PriorityQueue<Head> heads, Victims victims, Victims.Class which, int shard, long nowNanos) {
        long accessed = victims.oldestAccess(which, shard, nowNanos);
        if (accessed != Victims.NOTHING) {
            heads.add(new Head(shard, accessed));
        }
    }
}
