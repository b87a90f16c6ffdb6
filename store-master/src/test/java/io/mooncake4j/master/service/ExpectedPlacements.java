package io.mooncake4j.master.service;

import com.google.protobuf.ByteString;
import io.mooncake4j.master.placement.Replica;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.proto.Placements;
import io.mooncake4j.transfer.wire.proto.SegmentAccess;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/** Placements as protobuf's builders and {@link AccessToken} make them. */
final class ExpectedPlacements {
    private record Session(Segment segment, long processNonce, long generation) {}

    private final AccessToken.Mode mode;
    private final Epoch epoch;
    private final UUID client;
    private final long deadlineTicks;
    private final Placements.Builder placements = Placements.newBuilder();
    private final Map<Session, Integer> sessions = new LinkedHashMap<>();

    ExpectedPlacements(AccessToken.Mode mode, Epoch epoch, UUID client, long deadlineTicks) {
        this.mode = mode;
        this.epoch = epoch;
        this.client = client;
        this.deadlineTicks = deadlineTicks;
    }

    void key(int replicas) {
        placements.addReplicasPerKey(replicas);
    }

    void replica(Replica replica, long processNonce, long generation) {
        int index = sessions.computeIfAbsent(
                new Session(replica.segment(), processNonce, generation), session -> sessions.size());
        placements.addExtentsPerReplica(replica.extentCount());
        for (int i = 0; i < replica.extentCount(); i++) {
            placements
                    .addExtentSegment(index)
                    .addExtentRegion(replica.region(i))
                    .addExtentOffset(replica.offset(i))
                    .addExtentLength(replica.lengthBytes(i));
        }
    }

    Placements build() {
        placements.setEpoch(epoch.toProto());
        sessions.forEach((session, index) -> placements.addSegments(access(session, index)));
        return placements.build();
    }

    private SegmentAccess access(Session session, int index) {
        int[] extents = IntStream.range(0, placements.getExtentSegmentCount())
                .filter(i -> placements.getExtentSegment(i) == index)
                .toArray();
        AccessToken token = new AccessToken(
                        mode,
                        session.segment.id(),
                        session.processNonce,
                        epoch,
                        client,
                        session.generation,
                        deadlineTicks,
                        Arrays.stream(extents).map(placements::getExtentRegion).toArray(),
                        Arrays.stream(extents)
                                .mapToLong(placements::getExtentOffset)
                                .toArray(),
                        Arrays.stream(extents)
                                .mapToLong(placements::getExtentLength)
                                .toArray(),
                        new byte[0])
                .sealedBy(session.segment.sealKey());
        return SegmentAccess.newBuilder()
                .setSegment(Ids.toProto(session.segment.id()))
                .setName(session.segment.name())
                .setHost(session.segment.address().host())
                .setDataPort(session.segment.address().dataPort())
                .setProcessNonce(session.processNonce)
                .setSessionGeneration(session.generation)
                .setDeadlineTicks(deadlineTicks)
                .setMac(ByteString.copyFrom(token.mac()))
                .build();
    }
}
