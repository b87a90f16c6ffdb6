package io.mooncake4j.master.placement;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the journal describes: which objects lie where, and which segments there are. Changed only by applying its
 * changes, in their order, whoever made them. Leases, grants and the order of accesses are the leader's own and not in
 * it.
 */
final class DurableState {
    private final ObjectTable objects;
    private final SegmentTable segments;
    private final MasterCore.Settings term;
    private final AtomicLong generations = new AtomicLong();

    DurableState(ObjectTable objects, SegmentTable segments, MasterCore.Settings term) {
        this.objects = objects;
        this.segments = segments;
        this.term = term;
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
    void apply(ObjectShard shard, Change.ObjectRemoved change) {
        KeySlice key = new KeySlice(objects.tenant(change.tenant())).at(change.key(), 0, change.key().length);
        ObjectEntry entry = shard.find(key);
        if (entry != null && entry.id == change.objectId()) {
            shard.remove(entry);
            objects.objects.decrement();
        }
    }

    /** Adds a segment, offline until a node offers its memory. */
    Segment apply(Change.SegmentMounted change, long nowNanos) {
        Segment segment = new Segment(change, term, generations, nowNanos);
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
            Segment segment = segments.find(placed[i].segmentId());
            replicas[i] = new Replica(
                    Objects.requireNonNull(segment, "a change names a segment that is not there"), placed[i].extents());
        }
        return replicas;
    }
}
