package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Everything that takes objects or replicas away: by users, by eviction, with a lost segment. What was leased to
 * readers leaves the index at once and its memory when the leases have ended.
 */
public final class Removals {
    private final MasterCore core;

    Removals(MasterCore core) {
        this.core = core;
    }

    /** Removes whatever is under the key. */
    public ErrorCode remove(KeySlice key, Commit commit, long nowNanos) {
        return remove(key, ObjectEntry.ANY_ID, commit, nowNanos);
    }

    /** Removes one object, and no other that may be under the key by now. */
    public ErrorCode remove(KeySlice key, long onlyId, Commit commit, long nowNanos) {
        ObjectShard shard = core.objects.shardOf(key.hash());
        synchronized (shard) {
            ObjectEntry entry = shard.find(key);
            if (entry == null) {
                // Whoever removed it may still wait for the commit.
                commit.upTo(core.log.lastSequence());
                return ErrorCode.OBJECT_NOT_FOUND;
            }
            if (onlyId != ObjectEntry.ANY_ID && onlyId != entry.id) {
                return ErrorCode.OBJECT_CHANGED;
            }
            commit.upTo(remove(shard, entry, nowNanos));
            return ErrorCode.OK;
        }
    }

    /** Removes the tenant's objects whose keys match; returns how many. May take long: not for an event loop. */
    public long removeMatching(Tenant tenant, Predicate<byte[]> matches, Commit commit, long nowNanos) {
        long removed = 0;
        for (int i = 0; i < ObjectTable.SHARDS; i++) {
            ObjectShard shard = core.objects.shard(i);
            List<ObjectEntry> candidates;
            synchronized (shard) {
                candidates = shard.entries();
            }
            candidates.removeIf(entry -> entry.tenant != tenant || !matches.test(entry.key));
            for (ObjectEntry entry : candidates) {
                synchronized (shard) {
                    if (isCurrent(shard, entry)) {
                        commit.upTo(remove(shard, entry, nowNanos));
                        removed++;
                    }
                }
            }
        }
        // What somebody else removed, or this caller before its answer was lost, may still wait for the commit.
        commit.upTo(core.log.lastSequence());
        return removed;
    }

    /** The shard's monitor is held. Returns the sequence number to wait for. */
    long remove(ObjectShard shard, ObjectEntry entry, long nowNanos) {
        Change.ObjectRemoved change = new Change.ObjectRemoved(entry.tenant.name(), entry.key, entry.id);
        long sequence = core.log.append(change);
        core.durable.apply(shard, change, nowNanos);
        releaseOnceDurable(entry.replicas, entry.leasedUntilNanos, sequence, nowNanos);
        return sequence;
    }

    /** S2: memory of what was removed is free only when the removal is durable and no lease is left. */
    void releaseOnceDurable(Replica[] replicas, long leasedUntilNanos, long sequence, long nowNanos) {
        core.log.whenDurable(sequence, () -> {
            for (Replica replica : replicas) {
                replica.segment().release(replica.extents(), leasedUntilNanos, nowNanos);
            }
        });
    }

    /** Drops the object's replica in the segment; the object goes with its last one. */
    void dropReplica(KeySlice key, long objectId, Segment segment, long nowNanos) {
        ObjectShard shard = core.objects.shardOf(key.hash());
        synchronized (shard) {
            ObjectEntry entry = shard.find(key);
            if (entry != null && entry.id == objectId) {
                dropReplicas(shard, entry, segment, nowNanos);
            }
        }
    }

    /** Drops every replica in any segment that is dropped already. May take long. */
    void dropLost(long nowNanos) {
        for (int i = 0; i < ObjectTable.SHARDS; i++) {
            ObjectShard shard = core.objects.shard(i);
            synchronized (shard) {
                for (ObjectEntry entry : shard.entries()) {
                    dropReplicas(shard, entry, null, nowNanos);
                }
            }
        }
    }

    private void dropReplicas(ObjectShard shard, ObjectEntry entry, @Nullable Segment corrupt, long nowNanos) {
        List<Replica> kept = new ArrayList<>(entry.replicas.length);
        List<Replica> gone = new ArrayList<>(1);
        for (Replica replica : entry.replicas) {
            boolean lost = replica.segment() == corrupt || replica.segment().state() == Segment.State.DROPPED;
            (lost ? gone : kept).add(replica);
        }
        if (gone.isEmpty()) {
            return;
        }
        if (kept.isEmpty()) {
            remove(shard, entry, nowNanos);
            return;
        }
        Change.ObjectPlaced change = new Change.ObjectPlaced(
                entry.tenant.name(),
                entry.key,
                entry.id,
                entry.sizeBytes,
                entry.checksum,
                entry.hardPinned,
                Change.PlacedReplica.of(kept.toArray(Replica.NONE)));
        long sequence = core.log.append(change);
        core.durable.apply(shard, change, nowNanos);
        releaseOnceDurable(gone.toArray(Replica.NONE), entry.leasedUntilNanos, sequence, nowNanos);
    }

    private static boolean isCurrent(ObjectShard shard, ObjectEntry entry) {
        @Nullable ObjectEntry current = shard.find(new KeySlice(entry.tenant).at(entry.key, 0, entry.key.length));
        return current == entry;
    }
}
