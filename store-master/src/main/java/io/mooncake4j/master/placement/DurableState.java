package io.mooncake4j.master.placement;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the journal describes: which objects lie where, and which segments there are. Changed only by applying its
 * changes, in their order, whoever made them: on a leader as it makes them, on a standby as it reads them. Leases, grants
 * and the order of accesses are the leader's own and not in it. Safe for all threads, but changes come from one at a time
 * per shard.
 */
public final class DurableState {
    /** Sees the objects of one bucket. The replicas are not to be changed or kept. */
    @FunctionalInterface
    public interface BucketReader {
        void object(
                String tenant,
                byte[] key,
                long objectId,
                long sizeBytes,
                long checksum,
                boolean hardPinned,
                Replica[] replicas);
    }

    private final ObjectTable objects;
    private final SegmentTable segments = new SegmentTable();
    private volatile long longestReadLeaseNanos;
    private volatile long leaseLeftNanos = -1;

    /** An empty store. */
    public DurableState(long nowNanos) {
        this.objects = new ObjectTable(nowNanos);
    }

    public ObjectTable objects() {
        return objects;
    }

    public SegmentTable segments() {
        return segments;
    }

    /** For how long after the last leader's end readers may still use what it told them. */
    public long foreignLeaseNanos() {
        return leaseLeftNanos >= 0 ? leaseLeftNanos : longestReadLeaseNanos;
    }

    /** Applies any change; for who only follows. */
    public void apply(Change change, long nowNanos) {
        leaseLeftNanos = -1;
        if (change instanceof Change.ObjectPlaced placed) {
            ObjectShard shard = objects.shardOf(hashOf(placed.tenant(), placed.key()));
            synchronized (shard) {
                apply(shard, placed, nowNanos);
            }
        } else if (change instanceof Change.ObjectRemoved removed) {
            ObjectShard shard = objects.shardOf(hashOf(removed.tenant(), removed.key()));
            synchronized (shard) {
                apply(shard, removed, nowNanos);
            }
        } else if (change instanceof Change.SegmentMounted mounted) {
            apply(mounted, nowNanos);
        } else if (change instanceof Change.SegmentDropped dropped) {
            apply(dropped);
        } else if (change instanceof Change.TermOpened term) {
            longestReadLeaseNanos = term.longestReadLeaseNanos();
        } else if (change instanceof Change.HandedOver handedOver) {
            leaseLeftNanos = handedOver.leaseLeftNanos();
        }
    }

    /** Segments that were dropped before this state was read; their ids are never taken again. */
    public void addDropped(List<UUID> ids) {
        ids.forEach(segments::addDropped);
    }

    /** The hash of a key: its low bits choose shard and bucket. */
    public long hashOf(String tenant, byte[] key) {
        return new KeySlice(objects.tenant(tenant)).at(key, 0, key.length).hash();
    }

    /**
     * Shows every object whose hash ends in the bits, then runs the end; no object of them changes meanwhile.
     *
     * @param depth how many bits; {@value ObjectTable#SHARD_BITS} at least
     */
    public void readBucket(int depth, long bits, BucketReader reader, Runnable end) {
        ObjectShard shard = objects.shardOf(bits);
        synchronized (shard) {
            shard.forEachEndingIn(
                    depth,
                    bits,
                    entry -> reader.object(
                            entry.tenant.name(),
                            entry.key,
                            entry.id,
                            entry.sizeBytes,
                            entry.checksum,
                            entry.hardPinned,
                            entry.replicas));
            end.run();
        }
    }

    /** Shows every object, of one shard after the other. */
    public void readAll(BucketReader reader) {
        for (int bits = 0; bits < ObjectTable.SHARDS; bits++) {
            readBucket(ObjectTable.SHARD_BITS, bits, reader, () -> {});
        }
    }

    /**
     * Puts an object in place of whatever its key had; the same object again changes only its replicas. The shard's
     * monitor is held.
     *
     * @return the object that went, or null
     */
    @Nullable
    ObjectEntry apply(ObjectShard shard, Change.ObjectPlaced change, long nowNanos) {
        Tenant tenant = objects.tenant(change.tenant());
        KeySlice key = new KeySlice(tenant).at(change.key(), 0, change.key().length);
        ObjectEntry before = shard.find(key);
        Replica[] replicas = resolve(change.replicas());
        if (before != null && before.id == change.objectId()) {
            before.replicas = replicas;
            return null;
        }
        if (before != null) {
            shard.remove(before);
            shard.grants.gone(before.id, nowNanos);
        } else {
            objects.objects.increment();
        }
        shard.add(new ObjectEntry(
                tenant,
                change.key(),
                key.hash(),
                change.objectId(),
                change.sizeBytes(),
                change.checksum(),
                change.hardPinned(),
                replicas,
                nowNanos));
        return before;
    }

    /** Takes an object away. The shard's monitor is held. */
    void apply(ObjectShard shard, Change.ObjectRemoved change, long nowNanos) {
        KeySlice key = new KeySlice(objects.tenant(change.tenant())).at(change.key(), 0, change.key().length);
        ObjectEntry entry = shard.find(key);
        if (entry != null && entry.id == change.objectId()) {
            shard.remove(entry);
            shard.grants.gone(entry.id, nowNanos);
            objects.objects.decrement();
        }
    }

    /** Adds a segment, offline until a node offers its memory; one that is known moves. */
    Segment apply(Change.SegmentMounted change, long nowNanos) {
        Segment known = segments.find(change.segmentId());
        if (known != null) {
            known.moved(change.address());
            return known;
        }
        Segment segment = new Segment(change, nowNanos);
        segments.add(segment);
        return segment;
    }

    /** Forgets a segment; the changes of the objects that had replicas there follow. */
    void apply(Change.SegmentDropped change) {
        Segment segment = segments.find(change.segmentId());
        if (segment != null) {
            segment.drop();
            segments.remove(segment);
        }
    }

    private Replica[] resolve(Change.PlacedReplica[] placed) {
        Replica[] replicas = new Replica[placed.length];
        for (int i = 0; i < placed.length; i++) {
            replicas[i] = new Replica(segments.findOrGhost(placed[i].segmentId()), placed[i].extents());
        }
        return replicas;
    }
}
