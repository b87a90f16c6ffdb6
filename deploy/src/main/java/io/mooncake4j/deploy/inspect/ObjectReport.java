package io.mooncake4j.deploy.inspect;

import io.mooncake4j.transfer.wire.Checksum;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.proto.ObjectInfo;
import io.mooncake4j.transfer.wire.proto.ReplicaInfo;
import io.mooncake4j.transfer.wire.proto.SegmentState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * One object as the master knows it.
 *
 * @param checksum CRC-32C in hex, or {@code none}
 * @param softPinLeft zero: not soft-pinned
 * @param leaseLeft zero: no reader holds a lease
 * @param idle since a put or a get last found it
 */
public record ObjectReport(
        String key,
        long objectId,
        long sizeBytes,
        String checksum,
        boolean hardPinned,
        Duration softPinLeft,
        Duration leaseLeft,
        Duration idle,
        List<Replica> replicas) {

    /** One copy, and how the master sees its node: ok, suspect or offline. */
    public record Replica(UUID segment, String node, String address, String state, List<Extent> extents) {}

    /** A run of bytes of a segment. */
    public record Extent(int region, long offset, long lengthBytes) {}

    /** hard, soft or none. */
    public String pin() {
        return hardPinned ? "hard" : softPinLeft.isZero() ? "none" : "soft";
    }

    static ObjectReport of(String key, ObjectInfo in) {
        return new ObjectReport(
                key,
                in.getObjectId(),
                in.getSizeBytes(),
                Checksum.present(in.getChecksum())
                        ? String.format(Locale.ROOT, "%08x", (int) in.getChecksum())
                        : "none",
                in.getHardPinned(),
                Duration.ofMillis(in.getSoftPinLeftMs()),
                Duration.ofMillis(in.getLeaseLeftMs()),
                Duration.ofMillis(in.getIdleMs()),
                in.getReplicasList().stream().map(ObjectReport::replica).toList());
    }

    private static Replica replica(ReplicaInfo in) {
        List<Extent> extents = new ArrayList<>(in.getRegionsCount());
        for (int i = 0; i < in.getRegionsCount(); i++) {
            extents.add(new Extent(in.getRegions(i), in.getOffsets(i), in.getLengths(i)));
        }
        return new Replica(
                Ids.of(in.getSegment()),
                in.getName(),
                in.getHost() + ":" + in.getDataPort(),
                state(in.getState()),
                List.copyOf(extents));
    }

    private static String state(SegmentState state) {
        return switch (state) {
            case SEGMENT_STATE_OK -> "ok";
            case SEGMENT_STATE_SUSPECT -> "suspect";
            case SEGMENT_STATE_OFFLINE, SEGMENT_STATE_UNSPECIFIED, UNRECOGNIZED -> "offline";
        };
    }
}
