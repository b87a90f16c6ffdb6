package io.mooncake4j.master.service;

import com.google.protobuf.CodedOutputStream;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.transfer.wire.TokenSeal;
import io.mooncake4j.transfer.wire.proto.SegmentAccess;
import java.io.IOException;

/** Encodes a {@link SegmentAccess}: how to reach a segment, and the token for some ranges of it. */
final class SegmentPermit {
    private static final byte[] UNSEALED = {};

    private final Segment segment;
    private final Segment.Address address;
    private final long generation;
    private final long deadlineTicks;
    private final TokenSeal token;
    private byte[] mac = UNSEALED;
    private int contentBytes;

    /** @param token of the segment's process and the session's generation, to which ranges are added here */
    SegmentPermit(Segment segment, Segment.Address address, long generation, long deadlineTicks, TokenSeal token) {
        this.segment = segment;
        this.address = address;
        this.generation = generation;
        this.deadlineTicks = deadlineTicks;
        this.token = token;
    }

    boolean isOf(Segment other) {
        return segment == other;
    }

    boolean isOf(Segment other, long processNonce, long otherGeneration) {
        return segment == other && generation == otherGeneration && address.processNonce() == processNonce;
    }

    void range(int region, long offset, long lengthBytes) {
        token.range(region, offset, lengthBytes);
    }

    /** Has all ranges now, and can be written. */
    void seal() {
        mac = token.sealedBy(segment.sealKey());
        contentBytes = UuidField.sizeBytes(SegmentAccess.SEGMENT_FIELD_NUMBER)
                + CodedOutputStream.computeStringSize(SegmentAccess.NAME_FIELD_NUMBER, segment.name())
                + CodedOutputStream.computeStringSize(SegmentAccess.HOST_FIELD_NUMBER, address.host())
                + CodedOutputStream.computeUInt32Size(SegmentAccess.DATA_PORT_FIELD_NUMBER, address.dataPort())
                + CodedOutputStream.computeFixed64Size(SegmentAccess.PROCESS_NONCE_FIELD_NUMBER, address.processNonce())
                + CodedOutputStream.computeFixed64Size(SegmentAccess.SESSION_GENERATION_FIELD_NUMBER, generation)
                + CodedOutputStream.computeSFixed64Size(SegmentAccess.DEADLINE_TICKS_FIELD_NUMBER, deadlineTicks)
                + CodedOutputStream.computeByteArraySize(SegmentAccess.MAC_FIELD_NUMBER, mac);
    }

    int sizeBytes(int field) {
        return Delimited.sizeBytes(field, contentBytes);
    }

    void writeTo(CodedOutputStream out, int field) throws IOException {
        Delimited.begin(out, field, contentBytes);
        UuidField.write(out, SegmentAccess.SEGMENT_FIELD_NUMBER, segment.id());
        out.writeString(SegmentAccess.NAME_FIELD_NUMBER, segment.name());
        out.writeString(SegmentAccess.HOST_FIELD_NUMBER, address.host());
        out.writeUInt32(SegmentAccess.DATA_PORT_FIELD_NUMBER, address.dataPort());
        out.writeFixed64(SegmentAccess.PROCESS_NONCE_FIELD_NUMBER, address.processNonce());
        out.writeFixed64(SegmentAccess.SESSION_GENERATION_FIELD_NUMBER, generation);
        out.writeSFixed64(SegmentAccess.DEADLINE_TICKS_FIELD_NUMBER, deadlineTicks);
        out.writeByteArray(SegmentAccess.MAC_FIELD_NUMBER, mac);
    }
}
