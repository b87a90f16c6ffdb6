package io.mooncake4j.master.service;

import com.google.protobuf.CodedOutputStream;
import io.mooncake4j.master.placement.ObjectView;
import io.mooncake4j.transfer.rpc.ReplyBody;
import io.mooncake4j.transfer.rpc.RpcCall;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.proto.ReplicasResponse;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Encodes a {@link ReplicasResponse} from what is found, key by key. For one thread, to be used again. */
final class ReplicasAnswer implements ReplyBody {
    private final PackedColumn status = new PackedColumn();
    private final PackedColumn objectIds = new PackedColumn();
    private final PackedColumn sizes = new PackedColumn();
    private final PackedColumn checksums = new PackedColumn();
    private final PlacementColumns placements = new PlacementColumns();
    private long nowNanos;
    private int leaseMs;

    /** Begins an answer to that client, whose tokens are good until then. */
    void begin(Epoch epoch, UUID client, long now, long untilNanos) {
        status.clear();
        objectIds.clear();
        sizes.clear();
        checksums.clear();
        placements.begin(epoch, AccessToken.Mode.READ, client, untilNanos);
        nowNanos = now;
        leaseMs = (int) TimeUnit.NANOSECONDS.toMillis(Math.max(0, untilNanos - now));
    }

    void missed(ErrorCode code) {
        status.zigZag(code.number());
        objectIds.fixed(0);
        sizes.varint(0);
        checksums.fixed(0);
        placements.key(0);
    }

    void found(ObjectView object) {
        status.zigZag(ErrorCode.OK.number());
        objectIds.fixed(object.id());
        sizes.varint(object.sizeBytes());
        checksums.fixed(object.checksum());
        placements.key(object.replicaCount());
        for (int i = 0; i < object.replicaCount(); i++) {
            placements.replica(object.replica(i), nowNanos);
        }
    }

    /** Answers with it, as all keys are there. */
    void replyTo(RpcCall call) {
        seal();
        call.reply(this);
        placements.end();
    }

    /** Makes it ready to be written. */
    void seal() {
        placements.seal();
    }

    @Override
    public int sizeBytes() {
        return status.sizeBytes(ReplicasResponse.STATUS_FIELD_NUMBER)
                + objectIds.sizeBytes(ReplicasResponse.OBJECT_IDS_FIELD_NUMBER)
                + sizes.sizeBytes(ReplicasResponse.SIZES_FIELD_NUMBER)
                + checksums.sizeBytes(ReplicasResponse.CHECKSUMS_FIELD_NUMBER)
                + CodedOutputStream.computeUInt32Size(ReplicasResponse.LEASE_MS_FIELD_NUMBER, leaseMs)
                + placements.sizeBytes(ReplicasResponse.PLACEMENTS_FIELD_NUMBER);
    }

    @Override
    public void writeTo(CodedOutputStream out) throws IOException {
        status.writeTo(out, ReplicasResponse.STATUS_FIELD_NUMBER);
        objectIds.writeTo(out, ReplicasResponse.OBJECT_IDS_FIELD_NUMBER);
        sizes.writeTo(out, ReplicasResponse.SIZES_FIELD_NUMBER);
        checksums.writeTo(out, ReplicasResponse.CHECKSUMS_FIELD_NUMBER);
        out.writeUInt32(ReplicasResponse.LEASE_MS_FIELD_NUMBER, leaseMs);
        placements.writeTo(out, ReplicasResponse.PLACEMENTS_FIELD_NUMBER);
    }
}
