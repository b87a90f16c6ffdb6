package io.mooncake4j.transfer.wire;

import io.mooncake4j.transfer.wire.proto.Uuid;
import java.util.UUID;

/** UUIDs on the wire. */
public final class Ids {
    private Ids() {}

    public static Uuid toProto(UUID id) {
        return Uuid.newBuilder()
                .setHi(id.getMostSignificantBits())
                .setLo(id.getLeastSignificantBits())
                .build();
    }

    public static UUID of(Uuid proto) {
        return new UUID(proto.getHi(), proto.getLo());
    }
}
