package io.mooncake4j.deploy.cli;

import io.mooncake4j.master.journal.Audit;
import io.mooncake4j.master.placement.Change;

/** How much a store in etcd is about. */
record PlacementTotals(long objects, long bytes, int segments, long segmentBytes) {
    static PlacementTotals of(Audit audit) {
        long[] bytes = new long[1];
        audit.state()
                .readAll((tenant, key, objectId, sizeBytes, checksum, hardPinned, replicas) -> bytes[0] += sizeBytes);
        return new PlacementTotals(
                audit.state().objects().objectCount(),
                bytes[0],
                audit.segments().size(),
                audit.segments().stream()
                        .mapToLong(Change.SegmentMounted::sizeBytes)
                        .sum());
    }
}
