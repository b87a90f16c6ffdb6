package io.mooncake4j.master.service;

import com.google.protobuf.CodedOutputStream;
import io.mooncake4j.master.placement.Replica;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.TokenSeal;
import io.mooncake4j.transfer.wire.proto.EpochId;
import io.mooncake4j.transfer.wire.proto.Placements;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Encodes {@link Placements}: collects those of one answer as columns, and seals one access token per segment. For one
 * thread, to be used again.
 */
final class PlacementColumns {
    /** What a permit's token holds on to: for whom, until when. */
    private record Terms(Epoch epoch, AccessToken.Mode mode, UUID client, long deadlineTicks) {}

    private static final Terms NONE = new Terms(new Epoch(new UUID(0, 0), 0), AccessToken.Mode.READ, new UUID(0, 0), 0);
    /** Those of more segments aren't kept. */
    private static final int KEPT_TOKENS = 64;

    private final PackedColumn replicasPerKey = new PackedColumn();
    private final PackedColumn extentsPerReplica = new PackedColumn();
    private final PackedColumn extentSegment = new PackedColumn();
    private final PackedColumn extentRegion = new PackedColumn();
    private final PackedColumn extentOffset = new PackedColumn();
    private final PackedColumn extentLength = new PackedColumn();
    private final List<SegmentPermit> permits = new ArrayList<>();
    /** One of each index in {@link #permits}, and more for later answers. */
    private final List<TokenSeal> tokens = new ArrayList<>();

    private Terms terms = NONE;
    private int contentBytes;

    /**
     * Begins an answer.
     *
     * @param deadlineTicks until when the tokens are good, in this master's nanoTime
     */
    void begin(Epoch epoch, AccessToken.Mode mode, UUID client, long deadlineTicks) {
        end();
        terms = new Terms(epoch, mode, client, deadlineTicks);
        replicasPerKey.clear();
        extentsPerReplica.clear();
        extentSegment.clear();
        extentRegion.clear();
        extentOffset.clear();
        extentLength.clear();
    }

    /** Forgets the segments of the last answer. */
    void end() {
        permits.clear();
        if (tokens.size() > KEPT_TOKENS) {
            tokens.subList(KEPT_TOKENS, tokens.size()).clear();
        }
    }

    /** The next key has that many replicas, added next. */
    void key(int replicas) {
        replicasPerKey.varint(replicas);
    }

    /** A replica under whatever session its reader has now. */
    void replica(Replica replica, long nowNanos) {
        Segment segment = replica.segment();
        for (int i = 0; i < permits.size(); i++) {
            if (permits.get(i).isOf(segment)) {
                add(replica, i);
                return;
            }
        }
        permit(segment, segment.address(), segment.generationOf(terms.client, nowNanos));
        add(replica, permits.size() - 1);
    }

    /** A replica that only one session may write. */
    void replica(Replica replica, long processNonce, long generation) {
        Segment segment = replica.segment();
        for (int i = 0; i < permits.size(); i++) {
            if (permits.get(i).isOf(segment, processNonce, generation)) {
                add(replica, i);
                return;
            }
        }
        Segment.Address address = segment.address();
        permit(segment, new Segment.Address(address.host(), address.dataPort(), processNonce), generation);
        add(replica, permits.size() - 1);
    }

    private void permit(Segment segment, Segment.Address address, long generation) {
        if (tokens.size() == permits.size()) {
            tokens.add(new TokenSeal());
        }
        TokenSeal token = tokens.get(permits.size());
        token.begin(
                terms.mode,
                segment.id(),
                address.processNonce(),
                terms.epoch,
                terms.client,
                generation,
                terms.deadlineTicks);
        permits.add(new SegmentPermit(segment, address, generation, terms.deadlineTicks, token));
    }

    private void add(Replica replica, int index) {
        SegmentPermit permit = permits.get(index);
        extentsPerReplica.varint(replica.extentCount());
        for (int i = 0; i < replica.extentCount(); i++) {
            extentSegment.varint(index);
            extentRegion.varint(replica.region(i));
            extentOffset.varint(replica.offset(i));
            extentLength.varint(replica.lengthBytes(i));
            permit.range(replica.region(i), replica.offset(i), replica.lengthBytes(i));
        }
    }

    /** Has all keys now, and can be written. */
    void seal() {
        contentBytes = Delimited.sizeBytes(Placements.EPOCH_FIELD_NUMBER, epochBytes())
                + replicasPerKey.sizeBytes(Placements.REPLICAS_PER_KEY_FIELD_NUMBER)
                + extentsPerReplica.sizeBytes(Placements.EXTENTS_PER_REPLICA_FIELD_NUMBER)
                + extentSegment.sizeBytes(Placements.EXTENT_SEGMENT_FIELD_NUMBER)
                + extentRegion.sizeBytes(Placements.EXTENT_REGION_FIELD_NUMBER)
                + extentOffset.sizeBytes(Placements.EXTENT_OFFSET_FIELD_NUMBER)
                + extentLength.sizeBytes(Placements.EXTENT_LENGTH_FIELD_NUMBER);
        for (int i = 0; i < permits.size(); i++) {
            permits.get(i).seal();
            contentBytes += permits.get(i).sizeBytes(Placements.SEGMENTS_FIELD_NUMBER);
        }
    }

    int sizeBytes(int field) {
        return Delimited.sizeBytes(field, contentBytes);
    }

    void writeTo(CodedOutputStream out, int field) throws IOException {
        Delimited.begin(out, field, contentBytes);
        Delimited.begin(out, Placements.EPOCH_FIELD_NUMBER, epochBytes());
        UuidField.write(out, EpochId.CLUSTER_FIELD_NUMBER, terms.epoch.clusterId());
        out.writeUInt64(EpochId.REVISION_FIELD_NUMBER, terms.epoch.revision());
        for (int i = 0; i < permits.size(); i++) {
            permits.get(i).writeTo(out, Placements.SEGMENTS_FIELD_NUMBER);
        }
        replicasPerKey.writeTo(out, Placements.REPLICAS_PER_KEY_FIELD_NUMBER);
        extentsPerReplica.writeTo(out, Placements.EXTENTS_PER_REPLICA_FIELD_NUMBER);
        extentSegment.writeTo(out, Placements.EXTENT_SEGMENT_FIELD_NUMBER);
        extentRegion.writeTo(out, Placements.EXTENT_REGION_FIELD_NUMBER);
        extentOffset.writeTo(out, Placements.EXTENT_OFFSET_FIELD_NUMBER);
        extentLength.writeTo(out, Placements.EXTENT_LENGTH_FIELD_NUMBER);
    }

    private int epochBytes() {
        return UuidField.sizeBytes(EpochId.CLUSTER_FIELD_NUMBER)
                + CodedOutputStream.computeUInt64Size(EpochId.REVISION_FIELD_NUMBER, terms.epoch.revision());
    }
}
