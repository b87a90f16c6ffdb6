package io.mooncake4j.master.journal;

import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.DurableState;
import io.mooncake4j.master.placement.Extent;
import io.mooncake4j.master.placement.Replica;
import io.mooncake4j.master.placement.SegmentSpace;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Whether what objects say of memory can be true of all of them at once. */
final class PlacementCheck {
    private final DurableState state;
    private final boolean segmentsKnown;
    private final Set<Bucket> buckets;
    private final BiConsumer<String, String> found;
    private final Map<UUID, SegmentSpace> spaces = new HashMap<>();
    private final Set<UUID> dropped;

    /** @param found told an etcd key and what is wrong there */
    PlacementCheck(
            DurableState state,
            SegmentsValue segments,
            boolean segmentsKnown,
            Set<Bucket> buckets,
            BiConsumer<String, String> found) {
        this.state = state;
        this.segmentsKnown = segmentsKnown;
        this.buckets = buckets;
        this.found = found;
        this.dropped = new HashSet<>(segments.dropped());
        for (Change.SegmentMounted segment : segments.mounted()) {
            spaces.put(segment.segmentId(), new SegmentSpace(segment.sizeBytes(), segment.regionBytes()));
        }
    }

    void run() {
        state.readAll((tenant, key, objectId, sizeBytes, checksum, hardPinned, replicas) -> {
            String wrong = wrong(sizeBytes, replicas);
            if (wrong != null) {
                found.accept(
                        where(tenant, key),
                        "object " + new String(key, StandardCharsets.UTF_8) + " of tenant " + tenant + ": " + wrong);
            }
        });
    }

    private String where(String tenant, byte[] key) {
        return Bucket.find(state.hashOf(tenant, key), buckets).map(Bucket::key).orElse(Keys.JOURNAL);
    }

    private @Nullable String wrong(long sizeBytes, Replica[] replicas) {
        if (replicas.length == 0) {
            return "it has no replica";
        }
        for (Replica replica : replicas) {
            long length = 0;
            for (Extent extent : replica.extents()) {
                length += extent.lengthBytes();
            }
            if (length != sizeBytes) {
                return "a replica has " + length + " bytes, the object " + sizeBytes;
            }
            String wrong = segmentsKnown ? wrong(replica) : null;
            if (wrong != null) {
                return wrong;
            }
        }
        return null;
    }

    private @Nullable String wrong(Replica replica) {
        UUID id = replica.segment().id();
        SegmentSpace space = spaces.get(id);
        if (space == null) {
            // Replicas in a dropped segment are taken away soon after it, or by the next leader.
            return dropped.contains(id) || dropped.size() == SegmentsValue.DROPPED_KEPT
                    ? null
                    : "a replica is in segment " + id + ", which was never mounted";
        }
        for (Extent extent : replica.extents()) {
            if (!space.claim(extent)) {
                return extent + " of segment " + id + " is out of it, or another object has it, too";
            }
        }
        return null;
    }
}
