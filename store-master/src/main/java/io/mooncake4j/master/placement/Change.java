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

    /** The segment belongs to the cluster, and is reached at that address; the same again with another address: it moved. */
    record SegmentMounted(
            UUID segmentId, String name, String hostId, long sizeBytes, long regionBytes, Segment.Address address)
            implements Change {}

    /** The segment's content is lost for good; its id is never taken again. */
    record SegmentDropped(UUID segmentId) implements Change {}

    /**
     * A leader's first record.
     *
     * @param revision of the leader key
     * @param longestReadLeaseNanos the longest that a read lease of this term, or one left of a term before, may last
     */
    record TermOpened(long revision, long longestReadLeaseNanos) implements Change {}

    /**
     * A leader's last record, if it hands over. It means nothing once another record follows.
     *
     * @param leaseLeftNanos for how long readers may still use what is or was there
     */
    record HandedOver(long leaseLeftNanos) implements Change {}
}
