package io.mooncake4j.deploy.simulation;

import io.mooncake4j.client.KeyResult;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What callers are told, and given, is right: S1 of bytes, S10 of time, section 3 of puts. */
final class CallChecks {
    /** Errors that a caller of a put or get may see: each says that a try later may succeed, or that nobody knows. */
    private static final Set<ErrorCode> BAD_LUCK = Set.of(
            ErrorCode.RPC_TIMEOUT,
            ErrorCode.RPC_FAIL,
            ErrorCode.OVERLOADED,
            ErrorCode.NO_AVAILABLE_HANDLE,
            ErrorCode.PUT_IN_PROGRESS,
            ErrorCode.GRANT_LAPSED,
            ErrorCode.WRITE_FAIL,
            ErrorCode.INVALID_WRITE,
            ErrorCode.TRANSFER_FAIL,
            ErrorCode.TOKEN_REFUSED,
            ErrorCode.SESSION_CUT,
            ErrorCode.REQUEST_REVOKED,
            ErrorCode.LEASE_EXPIRED,
            ErrorCode.CHECKSUM_MISMATCH,
            ErrorCode.OUTCOME_UNKNOWN);

    /** Where masters change, or their journal can be away. */
    private static final Set<ErrorCode> BAD_LUCK_AMONG_SEVERAL =
            Set.of(ErrorCode.NOT_LEADER, ErrorCode.UNAVAILABLE_IN_CURRENT_STATUS);

    private final World world;
    private final Truth truth;
    private final Checks checks;

    CallChecks(World world, Truth truth, Checks checks) {
        this.world = world;
        this.truth = truth;
        this.checks = checks;
    }

    /** S1: bytes are handed out. */
    void got(SimProcess process, String key, KeyResult<byte[]> result, long objectId, long begun) {
        world.happened(
                switch (result.status()) {
                    case HIT -> Happening.GET_HIT;
                    case MISS -> Happening.GET_MISS;
                    case FAILED -> Happening.GET_FAILED;
                });
        if (result.status() == KeyResult.Status.FAILED) {
            expected(process, "get of " + key, result.error());
        }
        if (!result.isHit()) {
            return;
        }
        Truth.Grant grant = truth.grant(objectId);
        if (grant == null || !grant.committed || !grant.put.key.equals(key)) {
            throw checks.violated("S1", process + " got for " + key + " what " + grant + " placed");
        }
        if (!Arrays.equals(result.value(), grant.put.value)) {
            throw checks.violated("S1", process + " got other bytes than " + grant + " placed");
        }
        if (grant.removedAt < begun && !world.masters().doubtful(begun)) {
            throw checks.violated("S8", process + " got " + grant + ", which was removed before it asked");
        }
    }

    /** What is said to be there was put, and not removed before it was asked for. */
    void exists(SimProcess process, String key, KeyResult<Long> result, long begun) {
        if (result.status() == KeyResult.Status.FAILED) {
            throw checks.violated("exists", process + " is told " + result.error() + " about " + key);
        }
        if (!result.isHit()) {
            return;
        }
        world.happened(Happening.EXISTS);
        if (!truth.stood(key, result.sizeBytes(), begun) && !world.masters().doubtful(begun)) {
            throw checks.violated(
                    "S8", process + " is told that " + key + " has " + result.sizeBytes() + " bytes, which nobody put");
        }
    }

    /** What a caller is told about a put. */
    void put(SimProcess process, Truth.Put put, PutResult result) {
        switch (result.status()) {
            case STORED -> {
                world.happened(Happening.PUT_STORED);
                if (put.grants.stream().noneMatch(grant -> grant.committed)) {
                    throw checks.violated(
                            "put", process + " is told that " + put.key + " is stored, which it never was");
                }
            }
            case EXISTED -> {}
            case FAILED -> {
                world.happened(
                        result.error() == ErrorCode.OUTCOME_UNKNOWN
                                ? Happening.PUT_OUTCOME_UNKNOWN
                                : Happening.PUT_FAILED);
                expected(process, "put of " + put.key, result.error());
                if (result.error() != ErrorCode.OUTCOME_UNKNOWN) {
                    put.ruledOut = true;
                    for (Truth.Grant grant : put.grants) {
                        if (world.masters().stands(grant)) {
                            throw checks.violated("put", process + " is told " + result.error() + " about " + grant);
                        }
                    }
                }
            }
        }
    }

    /** S8: a caller is told that these are gone. */
    void removed(SimProcess process, List<Truth.Grant> gone) {
        for (Truth.Grant grant : gone) {
            if (!world.masters().durablyGone(grant)) {
                throw checks.violated("S8", process + " is told that " + grant + " is removed, which etcd still has");
            }
        }
    }

    /** A call failed. */
    void expected(SimProcess process, String what, ErrorCode error) {
        boolean several = world.plan().cluster() != null;
        if (!BAD_LUCK.contains(error) && !(several && BAD_LUCK_AMONG_SEVERAL.contains(error))) {
            throw checks.violated("S10", "the " + what + " by " + process + " failed with " + error);
        }
    }

    /** S10: a call ended. */
    void inTime(SimProcess process, long lateNanos) {
        if (lateNanos > 0) {
            throw checks.violated("S10", "a call of " + process + " ended " + lateNanos + " ns after its deadline");
        }
    }

    /** A reader's checksum was wrong, though nobody had damaged its object. */
    void mismatched(SimProcess process, long objectId) {
        world.happened(Happening.DAMAGE_NOTICED);
        if (!world.damaged(objectId)) {
            throw checks.violated(
                    "S1", process + " read wrong bytes of object " + objectId + "; only the checksum noticed");
        }
    }
}
