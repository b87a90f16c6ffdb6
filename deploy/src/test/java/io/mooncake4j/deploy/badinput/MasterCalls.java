package io.mooncake4j.deploy.badinput;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.rpc.RpcClientOptions;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.Empty;
import io.mooncake4j.transfer.wire.proto.PutEndRequest;
import io.mooncake4j.transfer.wire.proto.PutOptions;
import io.mooncake4j.transfer.wire.proto.PutRevokeRequest;
import io.mooncake4j.transfer.wire.proto.PutStartRequest;
import io.mooncake4j.transfer.wire.proto.PutStartResponse;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import io.mooncake4j.transfer.wire.proto.Uuid;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Calls to a master as they come over the wire, right or wrong. */
final class MasterCalls implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Uuid id = Ids.toProto(UUID.randomUUID());
    private final RpcClient rpc;
    private long sequence;

    MasterCalls(String masters) {
        rpc = RpcClient.create(RpcClientOptions.builder()
                .addresses(HostPort.parseList(masters))
                .build());
    }

    <T extends MessageLite> T call(Method method, MessageLite request, Parser<T> parser) {
        return rpc.call(method, request, parser, Deadline.after(TIMEOUT));
    }

    /** A call whose answer says nothing; a refusal is thrown. */
    ErrorCode call(Method method, MessageLite request) {
        call(method, request, Empty.parser());
        return ErrorCode.OK;
    }

    Uuid id() {
        return id;
    }

    /** A put of one key of 100 bytes, to be spoilt. */
    PutStartRequest.Builder start(String key) {
        return PutStartRequest.newBuilder()
                .setClient(id)
                .setSequence(++sequence)
                .setKeys(KeyColumn.of(List.of(key)).toProto())
                .addSizes(100)
                .setOptions(PutOptions.newBuilder().setReplicaNum(1));
    }

    /** What the first key's put was told; a grant is given back. */
    ErrorCode put(PutStartRequest.Builder request) {
        PutStartResponse answer = call(Method.PUT_START, request.build(), PutStartResponse.parser());
        revoke(request);
        return ErrorCode.of(answer.getStatus(0));
    }

    private void revoke(PutStartRequest.Builder request) {
        call(
                Method.PUT_REVOKE,
                PutRevokeRequest.newBuilder()
                        .setClient(request.getClient())
                        .setSequence(request.getSequence())
                        .build(),
                StatusResponse.parser());
    }

    /** Starts a put, ends it as told, and gives back what is left of it. */
    ErrorCode end(String key, Ending ending) {
        PutStartRequest.Builder start = start(key);
        PutStartResponse granted = call(Method.PUT_START, start.build(), PutStartResponse.parser());
        try {
            PutEndRequest.Builder end = PutEndRequest.newBuilder()
                    .setClient(id)
                    .setKeys(start.getKeys())
                    .addGrantIds(granted.getGrantIds(0))
                    .addPlaced(1)
                    .addUnanswered(0)
                    .addChecksums(0);
            return ending.end(end);
        } finally {
            revoke(start);
        }
    }

    ErrorCode end(PutEndRequest.Builder end) {
        return ErrorCode.of(
                call(Method.PUT_END, end.build(), StatusResponse.parser()).getStatus(0));
    }

    /** How a put that was started is ended. */
    interface Ending {
        ErrorCode end(PutEndRequest.Builder rightly);
    }

    @Override
    public void close() {
        rpc.close();
    }
}
