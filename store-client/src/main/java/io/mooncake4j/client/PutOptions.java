package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostName;
import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import java.util.List;

/**
 * How a value is kept: the fields of Mooncake's ReplicateConfig that apply. Immutable; {@link #DEFAULT} changed by
 * {@code with…} methods.
 *
 * @param replicaNum copies wanted, 1 to 64; best effort above 1
 * @param softPinTtl evicted only after everything unpinned, for this long, 1 ms to 24 h; zero: not pinned
 * @param hardPin never evicted
 * @param preferredSegments names of segments to place on if they have room, in order
 * @param preferAllocInSameNode whether segments on the writer's host come first, right after the preferred ones
 * @param hostId the writer's host, as its nodes name it: for preferAllocInSameNode and the placement {@code local_first};
 *     empty: this machine's host name, as for nodes. Containers have names of their own: there, set both
 */
public record PutOptions(
        int replicaNum,
        Duration softPinTtl,
        boolean hardPin,
        List<String> preferredSegments,
        boolean preferAllocInSameNode,
        String hostId) {
    private static final int MAX_REPLICAS = 64;
    private static final Duration MIN_SOFT_PIN = Duration.ofMillis(1);
    private static final Duration MAX_SOFT_PIN = Duration.ofHours(24);

    /** How long {@link #withSoftPin()} pins: 30 min. */
    public static final Duration DEFAULT_SOFT_PIN = Duration.ofMinutes(30);

    /** One copy, evictable, anywhere. */
    public static final PutOptions DEFAULT = new PutOptions(1, Duration.ZERO, false, List.of(), false, "");

    /** @throws StoreException INVALID_PARAMS if a number is out of range */
    public PutOptions {
        if (replicaNum < 1 || replicaNum > MAX_REPLICAS) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "replicaNum is " + replicaNum + "; 1 to " + MAX_REPLICAS + " are allowed");
        }
        if (!softPinTtl.isZero()) {
            checkSoftPin(softPinTtl);
        }
        preferredSegments = List.copyOf(preferredSegments);
    }

    public PutOptions withReplicaNum(int number) {
        return new PutOptions(number, softPinTtl, hardPin, preferredSegments, preferAllocInSameNode, hostId);
    }

    private static void checkSoftPin(Duration ttl) {
        if (ttl.compareTo(MIN_SOFT_PIN) < 0 || ttl.compareTo(MAX_SOFT_PIN) > 0) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS, "a soft pin of " + ttl + " is out of range; 1 ms to 24 h are allowed");
        }
    }

    /** Pinned softly for {@link #DEFAULT_SOFT_PIN}. */
    public PutOptions withSoftPin() {
        return withSoftPin(DEFAULT_SOFT_PIN);
    }

    /** @throws StoreException INVALID_PARAMS unless it is 1 ms to 24 h */
    public PutOptions withSoftPin(Duration ttl) {
        checkSoftPin(ttl);
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
                .setHostId(hostId.isEmpty() ? HostName.local() : hostId)
                .build();
    }
}
