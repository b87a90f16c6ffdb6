package io.mooncake4j.master.service;

import com.google.protobuf.CodedOutputStream;
import io.mooncake4j.master.placement.Grant;
import io.mooncake4j.master.placement.GrantResult;
import io.mooncake4j.transfer.rpc.ReplyBody;
import io.mooncake4j.transfer.rpc.RpcCall;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.proto.PutStartResponse;
import io.mooncake4j.transfer.wire.proto.RenewGrantResponse;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Encodes a {@link PutStartResponse} or a {@link RenewGrantResponse}, key by key. For one thread, to be used again. */
final class GrantsAnswer {
    private final PackedColumn status = new PackedColumn();
    private final PackedColumn grantIds = new PackedColumn();
    private final PlacementColumns placements = new PlacementColumns();
    private int grantMs;

    private final ReplyBody started = new ReplyBody() {
        @Override
        public int sizeBytes() {
            return status.sizeBytes(PutStartResponse.STATUS_FIELD_NUMBER)
                    + grantIds.sizeBytes(PutStartResponse.GRANT_IDS_FIELD_NUMBER)
                    + CodedOutputStream.computeUInt32Size(PutStartResponse.GRANT_MS_FIELD_NUMBER, grantMs)
                    + placements.sizeBytes(PutStartResponse.PLACEMENTS_FIELD_NUMBER);
        }

        @Override
        public void writeTo(CodedOutputStream out) throws IOException {
            status.writeTo(out, PutStartResponse.STATUS_FIELD_NUMBER);
            grantIds.writeTo(out, PutStartResponse.GRANT_IDS_FIELD_NUMBER);
            out.writeUInt32(PutStartResponse.GRANT_MS_FIELD_NUMBER, grantMs);
            placements.writeTo(out, PutStartResponse.PLACEMENTS_FIELD_NUMBER);
        }
    };

    private final ReplyBody renewed = new ReplyBody() {
        @Override
        public int sizeBytes() {
            return status.sizeBytes(RenewGrantResponse.STATUS_FIELD_NUMBER)
                    + CodedOutputStream.computeUInt32Size(RenewGrantResponse.GRANT_MS_FIELD_NUMBER, grantMs)
                    + placements.sizeBytes(RenewGrantResponse.PLACEMENTS_FIELD_NUMBER);
        }

        @Override
        public void writeTo(CodedOutputStream out) throws IOException {
            status.writeTo(out, RenewGrantResponse.STATUS_FIELD_NUMBER);
            out.writeUInt32(RenewGrantResponse.GRANT_MS_FIELD_NUMBER, grantMs);
            placements.writeTo(out, RenewGrantResponse.PLACEMENTS_FIELD_NUMBER);
        }
    };

    /** Begins an answer to that client, whose grants last until then. */
    void begin(Epoch epoch, UUID client, long nowNanos, long untilNanos) {
        status.clear();
        grantIds.clear();
        placements.begin(epoch, AccessToken.Mode.WRITE, client, untilNanos);
        grantMs = (int) TimeUnit.NANOSECONDS.toMillis(Math.max(0, untilNanos - nowNanos));
    }

    void add(GrantResult result) {
        Grant grant = result.grant();
        status.zigZag(result.code().number());
        grantIds.fixed(grant == null ? 0 : grant.id());
        placements.key(grant == null ? 0 : grant.targets().length);
        if (grant != null) {
            for (Grant.Target target : grant.targets()) {
                placements.replica(target.replica(), target.processNonce(), target.generation());
            }
        }
    }

    /** Answers a PutStart with it, as all keys are there. */
    void startedTo(RpcCall call) {
        call.reply(started());
        placements.end();
    }

    /** Answers a RenewGrant with it, as all keys are there. */
    void renewedTo(RpcCall call) {
        call.reply(renewed());
        placements.end();
    }

    ReplyBody started() {
        placements.seal();
        return started;
    }

    ReplyBody renewed() {
        placements.seal();
        return renewed;
    }
}
