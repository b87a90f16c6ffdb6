package io.mooncake4j.master.service;

import io.mooncake4j.master.ha.Leadership;
import io.mooncake4j.master.placement.KeySlice;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.ObjectView;
import io.mooncake4j.transfer.rpc.RpcCall;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.RenewLeaseRequest;
import io.mooncake4j.transfer.wire.proto.ReportCorruptRequest;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.util.UUID;

/** Read calls on the wire. The most frequent ones make no garbage with each key. */
final class ReadCalls {
    /** What a call works with, and the next one again. */
    private static final class Scratch {
        final ReadRequest getRequest = ReadRequest.ofGet(Limits.MAX_BATCH_KEYS);
        final ReadRequest existsRequest = ReadRequest.ofExists(Limits.MAX_BATCH_KEYS);
        final ReplicasAnswer replicas = new ReplicasAnswer();
        final ExistsAnswer exists = new ExistsAnswer();
    }

    private static final Spare<Scratch> SPARE = new Spare<>(Scratch::new);

    private final MasterCore core;
    private final Limits limits;
    private final Leadership leadership;

    ReadCalls(MasterCore core, Limits limits, Leadership leadership) {
        this.core = core;
        this.limits = limits;
        this.leadership = leadership;
    }

    void get(RpcCall call, long nowNanos) {
        Scratch own = SPARE.take();
        try {
            get(call, own, nowNanos);
        } finally {
            SPARE.giveBack(own);
        }
    }

    private void get(RpcCall call, Scratch own, long nowNanos) {
        call.read(own.getRequest);
        KeyColumn keys = limits.keys(call.method(), own.getRequest);
        long leaseNanos = core.readLeaseNanos();
        ReplicasAnswer answer = own.replicas;
        begin(answer, own.getRequest.client(), leaseNanos, nowNanos);
        KeySlice key = slice(own.getRequest.tenant());
        ObjectView found = new ObjectView();
        int hits = 0;
        long sizeBytes = 0;
        for (int i = 0; i < keys.count(); i++) {
            if (core.reads().get(key.at(keys, i), found, leaseNanos, nowNanos)) {
                answer.found(found);
                hits++;
                sizeBytes += found.sizeBytes();
            } else {
                answer.missed(ErrorCode.OBJECT_NOT_FOUND);
            }
        }
        core.reads().located(hits, keys.count() - hits, sizeBytes);
        answer.replyTo(call);
    }

    void renew(RpcCall call, long nowNanos) {
        RenewLeaseRequest request = call.parse(RenewLeaseRequest.parser());
        KeyColumn keys = limits.keys(call.method(), request.getKeys());
        Limits.sameCount("object_ids", request.getObjectIdsCount(), keys);
        long leaseNanos = core.readLeaseNanos();
        Scratch own = SPARE.take();
        ReplicasAnswer answer = own.replicas;
        begin(answer, Ids.of(request.getClient()), leaseNanos, nowNanos);
        KeySlice key = slice(request.getTenant());
        ObjectView found = new ObjectView();
        int renewed = 0;
        for (int i = 0; i < keys.count(); i++) {
            try {
                core.reads().renew(key.at(keys, i), request.getObjectIds(i), found, leaseNanos, nowNanos);
                answer.found(found);
                renewed++;
            } catch (StoreException e) {
                answer.missed(e.code());
            }
        }
        core.counters().leasesRenewed.add(renewed);
        answer.replyTo(call);
        SPARE.giveBack(own);
    }

    private void begin(ReplicasAnswer answer, UUID client, long leaseNanos, long nowNanos) {
        answer.begin(core.epoch(), client, nowNanos, leadership.provenNanos(nowNanos) + leaseNanos);
    }

    void exists(RpcCall call) {
        Scratch own = SPARE.take();
        try {
            exists(call, own);
        } finally {
            SPARE.giveBack(own);
        }
    }

    private void exists(RpcCall call, Scratch own) {
        call.read(own.existsRequest);
        KeyColumn keys = limits.keys(call.method(), own.existsRequest);
        KeySlice key = slice(own.existsRequest.tenant());
        own.exists.begin();
        for (int i = 0; i < keys.count(); i++) {
            own.exists.add(core.reads().sizeOf(key.at(keys, i)));
        }
        call.reply(own.exists);
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
}
