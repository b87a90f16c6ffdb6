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
    private static final int NO_FIELD = 0;

    private final PackedColumn status = new PackedColumn();
    private final PackedColumn grantIds = new PackedColumn();
    private final PlacementColumns placements = new PlacementColumns();
    private int grantMs;

    private final ReplyBody started = new Body(
            PutStartResponse.GRANT_IDS_FIELD_NUMBER,
            PutStartResponse.GRANT_MS_FIELD_NUMBER,
            PutStartResponse.PLACEMENTS_FIELD_NUMBER);
    private final ReplyBody renewed =
            new Body(NO_FIELD, RenewGrantResponse.GRANT_MS_FIELD_NUMBER, RenewGrantResponse.PLACEMENTS_FIELD_NUMBER);

    /** The status is the first field of both. */
    private final class Body implements ReplyBody {
        private final int idsField;
        private final int msField;
        private final int placementsField;

        Body(int idsField, int msField, int placementsField) {
            this.idsField = idsField;
            this.msField = msField;
            this.placementsField = placementsField;
        }

        @Override
        public int sizeBytes() {
            return status.sizeBytes(PutStartResponse.STATUS_FIELD_NUMBER)
                    + (idsField == NO_FIELD ? 0 : grantIds.sizeBytes(idsField))
                    + CodedOutputStream.computeUInt32Size(msField, grantMs)
                    + placements.sizeBytes(placementsField);
        }

        @Override
        public void writeTo(CodedOutputStream out) throws IOException {
            status.writeTo(out, PutStartResponse.STATUS_FIELD_NUMBER);
            if (idsField != NO_FIELD) {
                grantIds.writeTo(out, idsField);
            }
            out.writeUInt32(msField, grantMs);
            placements.writeTo(out, placementsField);
        }
    }

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
