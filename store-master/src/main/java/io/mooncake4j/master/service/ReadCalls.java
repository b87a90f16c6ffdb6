package io.mooncake4j.master.service;

import io.mooncake4j.master.ha.Leadership;
import io.mooncake4j.master.placement.KeySlice;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.ObjectView;
import io.mooncake4j.master.placement.Replica;
import io.mooncake4j.transfer.rpc.RpcCall;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.ExistsRequest;
import io.mooncake4j.transfer.wire.proto.ExistsResponse;
import io.mooncake4j.transfer.wire.proto.GetReplicasRequest;
import io.mooncake4j.transfer.wire.proto.RenewLeaseRequest;
import io.mooncake4j.transfer.wire.proto.ReplicasResponse;
import io.mooncake4j.transfer.wire.proto.ReportCorruptRequest;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Read calls on the wire. */
final class ReadCalls {
    private final MasterCore core;
    private final Limits limits;
    private final Leadership leadership;

    ReadCalls(MasterCore core, Limits limits, Leadership leadership) {
        this.core = core;
        this.limits = limits;
        this.leadership = leadership;
    }

    void get(RpcCall call, long nowNanos) {
        GetReplicasRequest request = call.parse(GetReplicasRequest.parser());
        KeyColumn keys = limits.keys(call.method(), request.getKeys());
        Answer answer = new Answer(Ids.of(request.getClient()), nowNanos);
        KeySlice key = slice(request.getTenant());
        int hits = 0;
        long sizeBytes = 0;
        for (int i = 0; i < keys.count(); i++) {
            ObjectView found = core.reads().get(key.at(keys, i), nowNanos);
            answer.add(found == null ? ErrorCode.OBJECT_NOT_FOUND : ErrorCode.OK, found);
            if (found != null) {
                hits++;
                sizeBytes += found.sizeBytes();
            }
        }
        core.reads().located(hits, keys.count() - hits, sizeBytes);
        call.reply(answer.build());
    }

    void renew(RpcCall call, long nowNanos) {
        RenewLeaseRequest request = call.parse(RenewLeaseRequest.parser());
        KeyColumn keys = limits.keys(call.method(), request.getKeys());
        Limits.sameCount("object_ids", request.getObjectIdsCount(), keys);
        Answer answer = new Answer(Ids.of(request.getClient()), nowNanos);
        KeySlice key = slice(request.getTenant());
        for (int i = 0; i < keys.count(); i++) {
            try {
                answer.add(ErrorCode.OK, core.reads().renew(key.at(keys, i), request.getObjectIds(i), nowNanos));
            } catch (StoreException e) {
                answer.add(e.code(), null);
            }
        }
        call.reply(answer.build());
    }

    void exists(RpcCall call) {
        ExistsRequest request = call.parse(ExistsRequest.parser());
        KeyColumn keys = limits.keys(call.method(), request.getKeys());
        ExistsResponse.Builder response = ExistsResponse.newBuilder();
        KeySlice key = slice(request.getTenant());
        for (int i = 0; i < keys.count(); i++) {
            long size = core.reads().sizeOf(key.at(keys, i));
            response.addStatus((size < 0 ? ErrorCode.OBJECT_NOT_FOUND : ErrorCode.OK).number());
            response.addSizes(Math.max(size, 0));
        }
        call.reply(response.build());
    }

    void reportCorrupt(RpcCall call, long nowNanos) {
        ReportCorruptRequest request = call.parse(ReportCorruptRequest.parser());
        KeyColumn keys = limits.keys(call.method(), request.getKeys());
        Limits.sameCount("object_ids", request.getObjectIdsCount(), keys);
        Limits.sameCount("segments", request.getSegmentsCount(), keys);
        KeySlice key = slice(request.getTenant());
        StatusResponse.Builder response = StatusResponse.newBuilder();
        for (int i = 0; i < keys.count(); i++) {
            response.addStatus(core.corruption()
                    .report(key.at(keys, i), request.getObjectIds(i), Ids.of(request.getSegments(i)), nowNanos)
                    .number());
        }
        call.reply(response.build());
    }

    private KeySlice slice(String tenantName) {
        return new KeySlice(core.objects().knownTenant(tenantName));
    }

    /** Columns of found objects. */
    private final class Answer {
        private final ReplicasResponse.Builder response = ReplicasResponse.newBuilder();
        private final PlacementsBuilder placements;
        private final long nowNanos;
        private final long untilNanos;

        Answer(UUID client, long nowNanos) {
            this.nowNanos = nowNanos;
            this.untilNanos = leadership.provenNanos(nowNanos) + core.readLeaseNanos();
            this.placements = new PlacementsBuilder(core.epoch(), AccessToken.Mode.READ, client, untilNanos);
        }

        void add(ErrorCode code, @Nullable ObjectView found) {
            response.addStatus(code.number());
            response.addObjectIds(found == null ? 0 : found.id());
            response.addSizes(found == null ? 0 : found.sizeBytes());
            response.addChecksums(found == null ? 0 : found.checksum());
            placements.key(found == null ? 0 : found.replicas().size());
            if (found != null) {
                for (Replica replica : found.replicas()) {
                    placements.replica(replica, nowNanos);
                }
            }
        }

        ReplicasResponse build() {
            return response.setLeaseMs((int) TimeUnit.NANOSECONDS.toMillis(Math.max(0, untilNanos - nowNanos)))
                    .setPlacements(placements.build())
                    .build();
        }
    }
}
