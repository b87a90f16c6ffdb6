package io.mooncake4j.client;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.memory.SegmentMemoryOptions;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.Placements;
import io.mooncake4j.transfer.wire.proto.SegmentAccess;
import java.util.UUID;

/**
 * Where the keys of one answer lie, read from its columns, with a token for each segment. Replicas and extents are
 * numbered through the whole answer. Immutable.
 */
final class PlacementTable {
    private final SegmentTarget[] targets;
    private final int[] firstReplica;
    private final int[] firstExtent;
    private final int[] segments;
    private final int[] ranges;
    private final long[] lengths;

    private PlacementTable(
            SegmentTarget[] targets,
            int[] firstReplica,
            int[] firstExtent,
            int[] segments,
            int[] ranges,
            long[] lengths) {
        this.targets = targets;
        this.firstReplica = firstReplica;
        this.firstExtent = firstExtent;
        this.segments = segments;
        this.ranges = ranges;
        this.lengths = lengths;
    }

    /**
     * Reads an answer about so many keys.
     *
     * @throws StoreException INTERNAL_ERROR if its columns contradict each other
     */
    static PlacementTable read(Placements in, int keys, AccessToken.Mode mode, UUID clientId) {
        int replicas = in.getExtentsPerReplicaCount();
        int extents = in.getExtentSegmentCount();
        check(
                extents == in.getExtentRegionCount()
                        && extents == in.getExtentOffsetCount()
                        && extents == in.getExtentLengthCount(),
                "its extent columns differ in length");
        int[] firstReplica = new int[keys + 1];
        if (in.getReplicasPerKeyCount() > 0) {
            check(in.getReplicasPerKeyCount() == keys, "it places another number of keys than were asked for");
            for (int i = 0; i < keys; i++) {
                firstReplica[i + 1] = next(firstReplica[i], in.getReplicasPerKey(i), replicas);
            }
        }
        check(firstReplica[keys] == replicas, "its keys have another number of replicas than it lists");
        int[] firstExtent = new int[replicas + 1];
        for (int i = 0; i < replicas; i++) {
            check(in.getExtentsPerReplica(i) != 0, "a replica has no extents");
            firstExtent[i + 1] = next(firstExtent[i], in.getExtentsPerReplica(i), extents);
        }
        check(firstExtent[replicas] == extents, "its replicas have another number of extents than it lists");

        int[] perSegment = new int[in.getSegmentsCount()];
        int[] segments = new int[extents];
        int[] ranges = new int[extents];
        long[] lengths = new long[extents];
        for (int i = 0; i < extents; i++) {
            int segment = in.getExtentSegment(i);
            check(segment >= 0 && segment < perSegment.length, "an extent lies on segment " + segment);
            check(
                    in.getExtentLength(i) > 0 && in.getExtentLength(i) <= SegmentMemoryOptions.MAX_REGION_BYTES,
                    "an extent has " + in.getExtentLength(i) + " bytes");
            segments[i] = segment;
            ranges[i] = perSegment[segment]++;
            lengths[i] = in.getExtentLength(i);
        }
        return new PlacementTable(
                targets(in, ranges, perSegment, mode, clientId), firstReplica, firstExtent, segments, ranges, lengths);
    }

    private static SegmentTarget[] targets(
            Placements in, int[] ranges, int[] perSegment, AccessToken.Mode mode, UUID clientId) {
        SegmentTarget[] targets = new SegmentTarget[perSegment.length];
        if (targets.length == 0) {
            return targets;
        }
        Epoch epoch = Epoch.of(in.getEpoch());
        for (int i = 0; i < targets.length; i++) {
            SegmentAccess access = in.getSegments(i);
            check(access.getMac().size() == AccessToken.MAC_BYTES, "a token's seal has another length");
            check(access.getDataPort() >>> 16 == 0, "a node's port is " + access.getDataPort());
            AccessToken token = new AccessToken(
                    mode,
                    Ids.of(access.getSegment()),
                    access.getProcessNonce(),
                    epoch,
                    clientId,
                    access.getSessionGeneration(),
                    access.getDeadlineTicks(),
                    new int[perSegment[i]],
                    new long[perSegment[i]],
                    new long[perSegment[i]],
                    access.getMac().toByteArray());
            targets[i] = new SegmentTarget(access.getName(), access.getHost(), access.getDataPort(), token);
        }
        for (int i = 0; i < ranges.length; i++) {
            AccessToken token = targets[in.getExtentSegment(i)].token();
            token.regions()[ranges[i]] = in.getExtentRegion(i);
            token.offsets()[ranges[i]] = in.getExtentOffset(i);
            token.lengths()[ranges[i]] = in.getExtentLength(i);
        }
        return targets;
    }

    int segmentCount() {
        return targets.length;
    }

    SegmentTarget target(int segment) {
        return targets[segment];
    }

    int firstReplica(int key) {
        return firstReplica[key];
    }

    int replicaCount(int key) {
        return firstReplica[key + 1] - firstReplica[key];
    }

    int firstExtent(int replica) {
        return firstExtent[replica];
    }

    int endExtent(int replica) {
        return firstExtent[replica + 1];
    }

    /** The segment of an extent. */
    int segment(int extent) {
        return segments[extent];
    }

    /** The range of an extent in its segment's token. */
    int range(int extent) {
        return ranges[extent];
    }

    long lengthBytes(int extent) {
        return lengths[extent];
    }

    /** The bytes of all extents of a replica. */
    long replicaBytes(int replica) {
        long bytes = 0;
        for (int i = firstExtent[replica]; i < firstExtent[replica + 1]; i++) {
            bytes += lengths[i];
        }
        return bytes;
    }

    /** What a replica is told apart by: no two of one object share a segment. */
    UUID firstSegmentId(int replica) {
        return targets[segments[firstExtent[replica]]].token().segmentId();
    }

    /** Whether every replica of a key that the other answer has is in this one, too. */
    boolean hasReplicasOf(int key, PlacementTable other) {
        for (int i = other.firstReplica[key]; i < other.firstReplica[key + 1]; i++) {
            if (!hasReplica(key, other.firstSegmentId(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean hasReplica(int key, UUID segmentId) {
        for (int i = firstReplica[key]; i < firstReplica[key + 1]; i++) {
            if (firstSegmentId(i).equals(segmentId)) {
                return true;
            }
        }
        return false;
    }

    private static int next(int first, int count, int limit) {
        check(count >= 0 && count <= limit - first, "its counts exceed its columns");
        return first + count;
    }

    private static void check(boolean right, String objection) {
        if (!right) {
            throw new StoreException(ErrorCode.INTERNAL_ERROR, "the master's answer contradicts itself: " + objection);
        }
    }
}
