package io.mooncake4j.master.service;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
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
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/** Calls that remove on the wire. The ones over many objects run on a worker, not on an event loop. */
final class RemoveCalls {
    private static final int MAX_REGEX_CHARS = 4096;

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
        core.log().whenDurable(commit.sequence(), () -> call.reply(response.build()));
    }

    void removeByRegex(RpcCall call, long nowNanos) {
        RemoveByRegexRequest request = call.parse(RemoveByRegexRequest.parser());
        Pattern pattern = compile(request.getRegex());
        removeMatching(
                call,
                request.getTenant(),
                key -> pattern.matcher(new String(key, StandardCharsets.UTF_8)).find(),
                nowNanos);
    }

    void removeAll(RpcCall call, long nowNanos) {
        removeMatching(call, call.parse(RemoveAllRequest.parser()).getTenant(), key -> true, nowNanos);
    }

    private void removeMatching(RpcCall call, String tenantName, Predicate<byte[]> matches, long nowNanos) {
        Tenant tenant = core.objects().knownTenant(tenantName);
        Commit commit = new Commit();
        long removed = core.removals().removeMatching(tenant, matches, commit, nowNanos);
        RemovedResponse response =
                RemovedResponse.newBuilder().setRemoved(removed).build();
        core.log().whenDurable(commit.sequence(), () -> call.reply(response));
    }

    private static Pattern compile(String regex) {
        if (regex.length() > MAX_REGEX_CHARS) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS, "a regex has at most " + MAX_REGEX_CHARS + " characters");
        }
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "not an RE2 regular expression (no look-around, no back-references): " + e.getMessage(),
                    e);
        }
    }
}
