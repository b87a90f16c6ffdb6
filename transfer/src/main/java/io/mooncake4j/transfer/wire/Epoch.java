package io.mooncake4j.transfer.wire;

import io.mooncake4j.transfer.wire.proto.EpochId;
import java.util.UUID;

/** A leader's term: a larger revision is a newer leader of the same cluster. */
public record Epoch(UUID clusterId, long revision) {

    public boolean sameCluster(Epoch other) {
        return clusterId.equals(other.clusterId);
    }

    public EpochId toProto() {
        return EpochId.newBuilder()
                .setCluster(Ids.toProto(clusterId))
                .setRevision(revision)
                .build();
    }

    public static Epoch of(EpochId proto) {
        return new Epoch(Ids.of(proto.getCluster()), proto.getRevision());
    }
}
