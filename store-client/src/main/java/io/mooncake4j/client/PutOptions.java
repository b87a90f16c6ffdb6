package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import java.util.List;

/**
 * How a value is kept: the fields of Mooncake's ReplicateConfig that apply. Immutable; {@link #DEFAULT} changed by
 * {@code with…} methods.
 *
 * @param replicaNum copies wanted, 1 to 64; best effort above 1
 * @param softPinTtl evicted only after everything unpinned, for this long; zero: not pinned
 * @param hardPin never evicted
 * @param preferredSegments names of segments to place on if they have room, in order
 * @param preferAllocInSameNode in a batch, place all keys where the first one went, if there is room
 * @param hostId the writer's host, for the placement {@code local_first}; empty: unknown
 */
public record PutOptions(
        int replicaNum,
        Duration softPinTtl,
        boolean hardPin,
        List<String> preferredSegments,
        boolean preferAllocInSameNode,
        String hostId) {
    private static final int MAX_REPLICAS = 64;

    /** One copy, evictable, anywhere. */
    public static final PutOptions DEFAULT = new PutOptions(1, Duration.ZERO, false, List.of(), false, "");

    /** @throws StoreException INVALID_PARAMS if a number is out of range */
    public PutOptions {
        if (replicaNum < 1 || replicaNum > MAX_REPLICAS) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "replicaNum is " + replicaNum + "; 1 to " + MAX_REPLICAS + " are allowed");
        }
        if (softPinTtl.isNegative()) {
            throw new StoreException(ErrorCode.INVALID_PARAMS, "softPinTtl is negative: " + softPinTtl);
        }
        preferredSegments = List.copyOf(preferredSegments);
    }

    public PutOptions withReplicaNum(int number) {
        return new PutOptions(number, softPinTtl, hardPin, preferredSegments, preferAllocInSameNode, hostId);
    }

    public PutOptions withSoftPin(Duration ttl) {
        return new PutOptions(replicaNum, ttl, hardPin, preferredSegments, preferAllocInSameNode, hostId);
    }

    public PutOptions withHardPin(boolean pinned) {
        return new PutOptions(replicaNum, softPinTtl, pinned, preferredSegments, preferAllocInSameNode, hostId);
    }

    public PutOptions withPreferredSegments(List<String> names) {
        return new PutOptions(replicaNum, softPinTtl, hardPin, names, preferAllocInSameNode, hostId);
    }

    public PutOptions withPreferAllocInSameNode(boolean same) {
        return new PutOptions(replicaNum, softPinTtl, hardPin, preferredSegments, same, hostId);
    }

    public PutOptions withHostId(String host) {
        return new PutOptions(replicaNum, softPinTtl, hardPin, preferredSegments, preferAllocInSameNode, host);
    }

    io.mooncake4j.transfer.wire.proto.PutOptions toProto() {
        return io.mooncake4j.transfer.wire.proto.PutOptions.newBuilder()
                .setReplicaNum(replicaNum)
                .setSoftPinTtlMs(softPinTtl.toMillis())
                .setHardPin(hardPin)
                .addAllPreferredSegments(preferredSegments)
                .setPreferAllocInSameNode(preferAllocInSameNode)
                .setHostId(hostId)
                .build();
    }
}
