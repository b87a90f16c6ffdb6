package io.mooncake4j.master.placement;

import java.util.UUID;

/**
 * One change of the durable placement, as the journal orders and keeps it. Each applies to the bucket of one object,
 * or to the table of segments.
 */
public sealed interface Change {
    /** A run of bytes, by names that outlive a process. */
    record PlacedReplica(UUID segmentId, Extent[] extents) {
        static PlacedReplica[] of(Replica[] replicas) {
            PlacedReplica[] placed = new PlacedReplica[replicas.length];
            for (int i = 0; i < placed.length; i++) {
                placed[i] = new PlacedReplica(replicas[i].segment().id(), replicas[i].extents());
            }
            return placed;
        }
    }

    /** The object under the key is this one now, with exactly these replicas; whatever was there before is gone. */
    record ObjectPlaced(
            String tenant,
            byte[] key,
            long objectId,
            long sizeBytes,
            long checksum,
            boolean hardPinned,
            PlacedReplica[] replicas)
            implements Change {}

    /** Nothing is under the key any more. */
    record ObjectRemoved(String tenant, byte[] key, long objectId) implements Change {}

    /** The segment belongs to the cluster. */
    record SegmentMounted(UUID segmentId, String name, String hostId, long sizeBytes, long regionBytes)
            implements Change {}

    /** The segment's content is lost for good; its id is never taken again. */
    record SegmentDropped(UUID segmentId) implements Change {}
}
