package io.mooncake4j.master.service;

import com.google.protobuf.CodedOutputStream;
import io.mooncake4j.transfer.wire.proto.Uuid;
import java.io.IOException;
import java.util.UUID;

/** A field of type {@link Uuid}, encoded without one. */
final class UuidField {
    private static final int UUID_BYTES = CodedOutputStream.computeFixed64Size(Uuid.HI_FIELD_NUMBER, 0)
            + CodedOutputStream.computeFixed64Size(Uuid.LO_FIELD_NUMBER, 0);

    private UuidField() {}

    static int sizeBytes(int field) {
        return Delimited.sizeBytes(field, UUID_BYTES);
    }

    static void write(CodedOutputStream out, int field, UUID id) throws IOException {
        Delimited.begin(out, field, UUID_BYTES);
        out.writeFixed64(Uuid.HI_FIELD_NUMBER, id.getMostSignificantBits());
        out.writeFixed64(Uuid.LO_FIELD_NUMBER, id.getLeastSignificantBits());
    }
}
