package io.mooncake4j.master.service;

import io.mooncake4j.master.ha.Leadership;
import io.mooncake4j.master.placement.Commit;
import io.mooncake4j.master.placement.GrantResult;
import io.mooncake4j.master.placement.KeySlice;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.PutTerms;
import io.mooncake4j.transfer.rpc.RpcCall;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeRequest;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeResponse;
import io.mooncake4j.transfer.wire.proto.Outcome;
import io.mooncake4j.transfer.wire.proto.PutEndRequest;
import io.mooncake4j.transfer.wire.proto.PutOptions;
import io.mooncake4j.transfer.wire.proto.PutRevokeRequest;
import io.mooncake4j.transfer.wire.proto.PutStartRequest;
import io.mooncake4j.transfer.wire.proto.RenewGrantRequest;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Put calls on the wire. */
final class PutCalls {
    private static final int MAX_TENANT_CHARS = 255;
    private static final Spare<GrantsAnswer> ANSWERS = new Spare<>(GrantsAnswer::new);

    private final MasterCore core;
    private final Limits limits;
    private final Leadership leadership;

    PutCalls(MasterCore core, Limits limits, Leadership leadership) {
        this.core = core;
        this.limits = limits;
        this.leadership = leadership;
    }

    void start(RpcCall call, long nowNanos) {
        PutStartRequest request = call.parse(PutStartRequest.parser());
        KeyColumn keys = limits.keys(call.method(), request.getKeys());
        Limits.sameCount("sizes", request.getSizesCount(), keys);
        if (request.getTenant().length() > MAX_TENANT_CHARS) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS, "a tenant's name has at most " + MAX_TENANT_CHARS + " characters");
        }
        if (request.getSequence() <= 0) {
            throw new StoreException(ErrorCode.INVALID_PARAMS, "sequences count from 1, not " + request.getSequence());
        }
        String refusal = core.log().refusal();
        if (refusal != null) {
            core.counters().putsRefused.add(keys.count());
            throw new StoreException(ErrorCode.UNAVAILABLE_IN_CURRENT_STATUS, refusal);
        }
        UUID client = Ids.of(request.getClient());
        List<GrantResult> results = core.puts()
                .start(
                        client,
                        request.getSequence(),
                        core.objects().tenant(request.getTenant()),
                        keys,
                        request.getSizesList(),
                        terms(request.getOptions()),
                        nowNanos);
        GrantsAnswer answer = answerTo(client, nowNanos); // lost where this fails: the next call makes another
        results.forEach(answer::add);
        answer.startedTo(call);
        ANSWERS.giveBack(answer);
    }

    private PutTerms terms(PutOptions options) {
        if (options.getReplicaNum() < 1 || options.getReplicaNum() > PutTerms.MAX_REPLICAS) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "replica_num is " + Integer.toUnsignedString(options.getReplicaNum()) + ", not 1 to "
                            + PutTerms.MAX_REPLICAS);
        }
        if (options.getSoftPinTtlMs() < 0 || options.getSoftPinTtlMs() > TimeUnit.HOURS.toMillis(24)) {
            throw new StoreException(ErrorCode.INVALID_PARAMS, "a soft pin lasts at most 24 h");
        }
        return new PutTerms(
                options.getReplicaNum(),
                TimeUnit.MILLISECONDS.toNanos(options.getSoftPinTtlMs()),
                options.getHardPin(),
                options.getPreferredSegmentsList(),
                options.getHostId(),
                options.getPreferAllocInSameNode());
    }

    void end(RpcCall call, long nowNanos) {
        PutEndRequest request = call.parse(PutEndRequest.parser());
        KeyColumn keys = limits.keys(call.method(), request.getKeys());
        Limits.sameCount("grant_ids", request.getGrantIdsCount(), keys);
        Limits.sameCount("placed", request.getPlacedCount(), keys);
        Limits.sameCount("unanswered", request.getUnansweredCount(), keys);
        Limits.sameCount("checksums", request.getChecksumsCount(), keys);
        UUID client = Ids.of(request.getClient());
        KeySlice key = new KeySlice(core.objects().knownTenant(request.getTenant()));
        Commit commit = new Commit();
        StatusResponse.Builder response = StatusResponse.newBuilder();
        for (int i = 0; i < keys.count(); i++) {
            response.addStatus(core.puts()
                    .end(
                            client,
                            key.at(keys, i),
                            request.getGrantIds(i),
                            request.getPlaced(i),
                            request.getUnanswered(i),
                            request.getChecksums(i),
                            commit,
                            nowNanos)
                    .number());
        }
        core.log().whenAcknowledgeable(commit.sequence(), new OnceDurable(call, response.build()));
    }

    void revoke(RpcCall call, long nowNanos) {
        PutRevokeRequest request = call.parse(PutRevokeRequest.parser());
        KeyColumn keys = limits.keys(call.method(), request.getKeys());
        Limits.sameCount("grant_ids", request.getGrantIdsCount(), keys);
        Limits.sameCount("unanswered", request.getUnansweredCount(), keys);
        UUID client = Ids.of(request.getClient());
        if (request.getSequence() > 0) {
            core.puts().revokeRequest(client, request.getSequence(), nowNanos);
        }
        KeySlice key = new KeySlice(core.objects().knownTenant(request.getTenant()));
        StatusResponse.Builder response = StatusResponse.newBuilder();
        for (int i = 0; i < keys.count(); i++) {
            response.addStatus(core.puts()
                    .revoke(client, key.at(keys, i), request.getGrantIds(i), request.getUnanswered(i), nowNanos)
                    .number());
        }
        call.reply(response.build());
    }

    void renew(RpcCall call, long nowNanos) {
        RenewGrantRequest request = call.parse(RenewGrantRequest.parser());
        KeyColumn keys = limits.keys(call.method(), request.getKeys());
        Limits.sameCount("grant_ids", request.getGrantIdsCount(), keys);
        UUID client = Ids.of(request.getClient());
        KeySlice key = new KeySlice(core.objects().knownTenant(request.getTenant()));
        GrantsAnswer answer = answerTo(client, nowNanos);
        for (int i = 0; i < keys.count(); i++) {
            answer.add(core.puts().renew(client, key.at(keys, i), request.getGrantIds(i), nowNanos));
        }
        answer.renewedTo(call);
        ANSWERS.giveBack(answer);
    }

    void outcome(RpcCall call, long nowNanos) {
        GrantOutcomeRequest request = call.parse(GrantOutcomeRequest.parser());
        KeyColumn keys = limits.keys(call.method(), request.getKeys());
        Limits.sameCount("grant_ids", request.getGrantIdsCount(), keys);
        KeySlice key = new KeySlice(core.objects().knownTenant(request.getTenant()));
        GrantOutcomeResponse.Builder response = GrantOutcomeResponse.newBuilder();
        for (int i = 0; i < keys.count(); i++) {
            response.addOutcomes(
                    switch (core.puts().fate(key.at(keys, i), request.getGrantIds(i), nowNanos)) {
                        case OPEN -> Outcome.OUTCOME_OPEN;
                        case COMMITTED -> Outcome.OUTCOME_COMMITTED;
                        case REMOVED -> Outcome.OUTCOME_REMOVED;
                        case NEVER -> Outcome.OUTCOME_NEVER;
                        case FORGOTTEN -> Outcome.OUTCOME_FORGOTTEN;
                    });
        }
        // "Committed" acknowledges a put as much as the answer that was lost.
        boolean acknowledges = response.getOutcomesList().contains(Outcome.OUTCOME_COMMITTED)
                || response.getOutcomesList().contains(Outcome.OUTCOME_REMOVED);
        long sequence = acknowledges ? core.log().lastSequence() : 0;
        core.log().whenAcknowledgeable(sequence, new OnceDurable(call, response.build()));
    }

    private GrantsAnswer answerTo(UUID client, long nowNanos) {
        GrantsAnswer answer = ANSWERS.take();
        long untilNanos = leadership.provenNanos(nowNanos) + core.times().grantNanos();
        answer.begin(core.epoch(), client, nowNanos, untilNanos);
        return answer;
    }
}
