package io.mooncake4j.master.service;

import io.mooncake4j.master.placement.Commit;
import io.mooncake4j.master.placement.KeySlice;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.Tenant;
import io.mooncake4j.transfer.rpc.RpcCall;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.RemoveAllRequest;
import io.mooncake4j.transfer.wire.proto.RemoveByRegexRequest;
import io.mooncake4j.transfer.wire.proto.RemoveRequest;
import io.mooncake4j.transfer.wire.proto.RemovedResponse;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.util.function.Predicate;

/** Calls that remove on the wire. The ones over many objects run on a worker, not on an event loop. */
final class RemoveCalls {
    private final MasterCore core;
    private final Limits limits;

    RemoveCalls(MasterCore core, Limits limits) {
        this.core = core;
        this.limits = limits;
    }

    void remove(RpcCall call, long nowNanos) {
        RemoveRequest request = call.parse(RemoveRequest.parser());
        KeyColumn keys = limits.keys(call.method(), request.getKeys());
        boolean conditional = request.getObjectIdsCount() > 0;
        if (conditional) {
            Limits.sameCount("object_ids", request.getObjectIdsCount(), keys);
        }
        KeySlice key = new KeySlice(core.objects().knownTenant(request.getTenant()));
        Commit commit = new Commit();
        StatusResponse.Builder response = StatusResponse.newBuilder();
        for (int i = 0; i < keys.count(); i++) {
            ErrorCode code = conditional
                    ? core.removals().remove(key.at(keys, i), request.getObjectIds(i), commit, nowNanos)
                    : core.removals().remove(key.at(keys, i), commit, nowNanos);
            response.addStatus(code.number());
        }
        core.log().whenDurable(commit.sequence(), new OnceDurable(call, response.build()));
    }

    void removeByRegex(RpcCall call, long nowNanos) {
        RemoveByRegexRequest request = call.parse(RemoveByRegexRequest.parser());
        KeyPattern pattern = KeyPattern.compile(request.getRegex());
        removeMatching(call, request.getTenant(), pattern::isFoundIn, nowNanos);
    }

    void removeAll(RpcCall call, long nowNanos) {
        removeMatching(call, call.parse(RemoveAllRequest.parser()).getTenant(), key -> true, nowNanos);
    }

    private void removeMatching(RpcCall call, String tenantName, Predicate<byte[]> matches, long nowNanos) {
        Tenant tenant = core.objects().knownTenant(tenantName);
        Commit commit = new Commit();
        // a worker is not to be kept by a caller who has gone: nodes need workers to mount
        Predicate<byte[]> inTime = key -> {
            if (call.deadline().expired()) {
                throw new StoreException(
                        ErrorCode.RPC_TIMEOUT,
                        "the deadline passed before every key was looked at; what matched before then is removed");
            }
            return matches.test(key);
        };
        long removed = core.removals().removeMatching(tenant, inTime, commit, nowNanos);
        RemovedResponse response =
                RemovedResponse.newBuilder().setRemoved(removed).build();
        core.log().whenDurable(commit.sequence(), new OnceDurable(call, response));
    }
}
