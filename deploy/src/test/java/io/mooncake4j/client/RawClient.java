package io.mooncake4j.client;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.rpc.RpcClientOptions;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.GetReplicasRequest;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeRequest;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeResponse;
import io.mooncake4j.transfer.wire.proto.Keys;
import io.mooncake4j.transfer.wire.proto.Outcome;
import io.mooncake4j.transfer.wire.proto.Placements;
import io.mooncake4j.transfer.wire.proto.PutEndRequest;
import io.mooncake4j.transfer.wire.proto.PutOptions;
import io.mooncake4j.transfer.wire.proto.PutRevokeRequest;
import io.mooncake4j.transfer.wire.proto.PutStartRequest;
import io.mooncake4j.transfer.wire.proto.PutStartResponse;
import io.mooncake4j.transfer.wire.proto.ReplicasResponse;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A client that takes the steps of a put one by one, and only when told: one key, one replica, one extent. */
public final class RawClient implements AutoCloseable {
    /** The permission to write one object. */
    public record Grant(String key, long grantId, SegmentTarget target) {}

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final UUID id = UUID.randomUUID();
    private final RpcClient rpc;
    private long sequence;

    public RawClient(String masters) {
        this.rpc = RpcClient.create(RpcClientOptions.builder()
                .addresses(HostPort.parseList(masters))
                .build());
    }

    public UUID id() {
        return id;
    }

    /** Empty: the master had no room, or somebody else puts that key. */
    public Optional<Grant> start(String key, long sizeBytes) {
        PutStartResponse answer = call(
                Method.PUT_START,
                PutStartRequest.newBuilder()
                        .setClient(Ids.toProto(id))
                        .setSequence(++sequence)
                        .setKeys(keys(key))
                        .addSizes(sizeBytes)
                        .setOptions(PutOptions.newBuilder().setReplicaNum(1))
                        .build(),
                PutStartResponse.parser());
        if (answer.getStatus(0) != 0) {
            return Optional.empty();
        }
        return Optional.of(
                new Grant(key, answer.getGrantIds(0), target(answer.getPlacements(), AccessToken.Mode.WRITE)));
    }

    /** Commits the one replica. */
    public ErrorCode end(Grant grant) {
        return status(call(
                Method.PUT_END,
                PutEndRequest.newBuilder()
                        .setClient(Ids.toProto(id))
                        .setKeys(keys(grant.key()))
                        .addGrantIds(grant.grantId())
                        .addPlaced(1)
                        .addUnanswered(0)
                        .addChecksums(0)
                        .build(),
                StatusResponse.parser()));
    }

    /** What the master knows of it. */
    public Outcome outcome(Grant grant) {
        return call(
                        Method.GRANT_OUTCOME,
                        GrantOutcomeRequest.newBuilder()
                                .setKeys(keys(grant.key()))
                                .addGrantIds(grant.grantId())
                                .build(),
                        GrantOutcomeResponse.parser())
                .getOutcomes(0);
    }

    /** @param answered whether every attempt to write it was */
    public ErrorCode revoke(Grant grant, boolean answered) {
        return status(call(
                Method.PUT_REVOKE,
                PutRevokeRequest.newBuilder()
                        .setClient(Ids.toProto(id))
                        .setKeys(keys(grant.key()))
                        .addGrantIds(grant.grantId())
                        .addUnanswered(answered ? 0 : 1)
                        .build(),
                StatusResponse.parser()));
    }

    /** Where an object can be read. */
    public SegmentTarget find(String key) {
        ReplicasResponse answer = call(
                Method.GET_REPLICAS,
                GetReplicasRequest.newBuilder()
                        .setClient(Ids.toProto(id))
                        .setKeys(keys(key))
                        .build(),
                ReplicasResponse.parser());
        if (answer.getStatus(0) != 0) {
            throw new IllegalStateException(key + " was not found: " + ErrorCode.of(answer.getStatus(0)));
        }
        return target(answer.getPlacements(), AccessToken.Mode.READ);
    }

    @Override
    public void close() {
        rpc.close();
    }

    private SegmentTarget target(Placements placements, AccessToken.Mode mode) {
        return PlacementTable.read(placements, 1, mode, id).target(0);
    }

    private static Keys keys(String key) {
        return KeyColumn.of(List.of(key)).toProto();
    }

    private static ErrorCode status(StatusResponse answer) {
        return ErrorCode.of(answer.getStatus(0));
    }

    private <T extends MessageLite> T call(Method method, MessageLite request, Parser<T> parser) {
        return rpc.call(method, request, parser, Deadline.after(TIMEOUT));
    }
}
