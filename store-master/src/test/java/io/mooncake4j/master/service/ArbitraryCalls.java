package io.mooncake4j.master.service;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.Empty;
import io.mooncake4j.transfer.wire.proto.ExistsRequest;
import io.mooncake4j.transfer.wire.proto.GetReplicasRequest;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeRequest;
import io.mooncake4j.transfer.wire.proto.Keys;
import io.mooncake4j.transfer.wire.proto.ListKeysRequest;
import io.mooncake4j.transfer.wire.proto.ListSegmentsRequest;
import io.mooncake4j.transfer.wire.proto.MountSegmentRequest;
import io.mooncake4j.transfer.wire.proto.PingRequest;
import io.mooncake4j.transfer.wire.proto.PutEndRequest;
import io.mooncake4j.transfer.wire.proto.PutOptions;
import io.mooncake4j.transfer.wire.proto.PutRevokeRequest;
import io.mooncake4j.transfer.wire.proto.PutStartRequest;
import io.mooncake4j.transfer.wire.proto.PutStartResponse;
import io.mooncake4j.transfer.wire.proto.RemoveAllRequest;
import io.mooncake4j.transfer.wire.proto.RemoveByRegexRequest;
import io.mooncake4j.transfer.wire.proto.RemoveRequest;
import io.mooncake4j.transfer.wire.proto.RenewGrantRequest;
import io.mooncake4j.transfer.wire.proto.RenewLeaseRequest;
import io.mooncake4j.transfer.wire.proto.ReplicasResponse;
import io.mooncake4j.transfer.wire.proto.ReportCorruptRequest;
import io.mooncake4j.transfer.wire.proto.SegmentRequest;
import io.mooncake4j.transfer.wire.proto.SessionCut;
import io.mooncake4j.transfer.wire.proto.Uuid;
import io.mooncake4j.transfer.wire.proto.VerifyResult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Calls whose every part is chosen by the bytes of an input: mostly sensible ones, so that they get somewhere. */
final class ArbitraryCalls {
    private static final int SEGMENTS = 3;
    private static final long SEGMENT_BYTES = 1 << 16;
    private static final long REGION_BYTES = 1 << 14;
    private static final String[] KEYS = {"a", "b", "c", "d", "\u00e9/1", "", "x".repeat(4096), "x".repeat(4097)};
    private static final long[] NUMBERS = {
        0,
        1,
        2,
        3,
        63,
        64,
        65,
        100,
        4096,
        REGION_BYTES,
        SEGMENT_BYTES,
        1L << 30,
        1L << 40,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1
    };

    private final RpcClient rpc;
    private final ByteBuffer choices;
    /** Unlike in any other input, so that none depends on what came before it. */
    private final long input;
    /** Ids of grants and objects that the master named. */
    private final List<Long> known = new ArrayList<>();

    private long sequence;

    ArbitraryCalls(RpcClient rpc, ByteBuffer choices, long input) {
        this.rpc = rpc;
        this.choices = choices;
        this.input = input;
    }

    boolean more() {
        return choices.hasRemaining();
    }

    void mount() {
        for (int i = 0; i < SEGMENTS; i++) {
            call(Method.MOUNT_SEGMENT, mount(i).build());
        }
    }

    /** Gives up what was started. */
    void revokeAll() {
        for (int client = 0; client < 2; client++) {
            for (long i = 1; i <= sequence; i++) {
                call(
                        Method.PUT_REVOKE,
                        PutRevokeRequest.newBuilder()
                                .setClient(client(client))
                                .setSequence(i)
                                .build());
            }
        }
    }

    /** Makes the next call and returns what came of it. */
    ErrorCode next() {
        Method method = Method.of(1 + choose(Method.values().length));
        MessageLite request = choose(16) == 0 ? rawBody() : request(method);
        try {
            return call(method, request);
        } finally {
            if (method == Method.PUT_START) {
                sequence++;
            }
        }
    }

    private ErrorCode call(Method method, MessageLite request) {
        Deadline soon = Deadline.after(Duration.ofSeconds(20));
        try {
            switch (method) {
                case PUT_START ->
                    known.addAll(answer(method, request, PutStartResponse.parser(), soon)
                            .getGrantIdsList());
                case GET_REPLICAS ->
                    known.addAll(answer(method, request, ReplicasResponse.parser(), soon)
                            .getObjectIdsList());
                default -> answer(method, request, Empty.parser(), soon);
            }
            return ErrorCode.OK;
        } catch (StoreException e) {
            return e.code();
        }
    }

    private <T extends MessageLite> T answer(Method method, MessageLite request, Parser<T> parser, Deadline deadline) {
        return rpc.call(method, request, parser, deadline);
    }

    /** Any fields: a message keeps those it doesn't know. */
    private MessageLite rawBody() {
        try {
            return Empty.parseFrom(bytes(1 + choose(64)));
        } catch (InvalidProtocolBufferException e) {
            return Empty.getDefaultInstance();
        }
    }

    private MessageLite request(Method method) {
        int keys = choose(5);
        Uuid client = client(choose(2));
        return switch (method) {
            case PUT_START -> putStart(keys, client);
            case PUT_END ->
                PutEndRequest.newBuilder()
                        .setClient(client)
                        .setTenant(tenant())
                        .setKeys(keys(keys))
                        .addAllGrantIds(ids(keys))
                        .addAllPlaced(numbers(keys))
                        .addAllUnanswered(numbers(keys))
                        .addAllChecksums(numbers(keys))
                        .build();
            case PUT_REVOKE ->
                PutRevokeRequest.newBuilder()
                        .setClient(client)
                        .setTenant(tenant())
                        .setKeys(keys(keys))
                        .addAllGrantIds(ids(keys))
                        .addAllUnanswered(numbers(keys))
                        .setSequence(choose(2) * number())
                        .build();
            case GRANT_OUTCOME ->
                GrantOutcomeRequest.newBuilder()
                        .setTenant(tenant())
                        .setKeys(keys(keys))
                        .addAllGrantIds(ids(keys))
                        .build();
            case RENEW_GRANT ->
                RenewGrantRequest.newBuilder()
                        .setClient(client)
                        .setTenant(tenant())
                        .setKeys(keys(keys))
                        .addAllGrantIds(ids(keys))
                        .build();
            case GET_REPLICAS ->
                GetReplicasRequest.newBuilder()
                        .setClient(client)
                        .setTenant(tenant())
                        .setKeys(keys(keys))
                        .build();
            case RENEW_LEASE ->
                RenewLeaseRequest.newBuilder()
                        .setClient(client)
                        .setTenant(tenant())
                        .setKeys(keys(keys))
                        .addAllObjectIds(ids(keys))
                        .build();
            case EXISTS ->
                ExistsRequest.newBuilder()
                        .setTenant(tenant())
                        .setKeys(keys(keys))
                        .build();
            case REMOVE ->
                RemoveRequest.newBuilder()
                        .setTenant(tenant())
                        .setKeys(keys(keys))
                        .addAllObjectIds(choose(2) == 0 ? List.of() : ids(keys))
                        .build();
            case REPORT_CORRUPT ->
                ReportCorruptRequest.newBuilder()
                        .setTenant(tenant())
                        .setKeys(keys(keys))
                        .addAllObjectIds(ids(keys))
                        .addAllSegments(segments(keys))
                        .build();
            case LIST_KEYS ->
                ListKeysRequest.newBuilder()
                        .setTenant(tenant())
                        .setPage(ByteString.copyFrom(bytes(choose(8))))
                        .setLimit((int) number())
                        .setPrefix(KEYS[choose(5)])
                        .build();
            case REMOVE_BY_REGEX ->
                RemoveByRegexRequest.newBuilder()
                        .setTenant(tenant())
                        .setRegexBytes(ByteString.copyFrom(
                                new String(bytes(choose(16)), StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                        .build();
            default -> nodeRequest(method);
        };
    }

    private MessageLite putStart(int keys, Uuid client) {
        return PutStartRequest.newBuilder()
                .setClient(client)
                .setTenant(tenant())
                .setSequence(choose(4) == 0 ? number() : sequence + 1)
                .setKeys(keys(keys))
                .addAllSizes(numbers(keys))
                .setOptions(PutOptions.newBuilder()
                        .setReplicaNum(choose(4) == 0 ? (int) number() : 1 + choose(3))
                        .setSoftPinTtlMs(choose(2) * number())
                        .setHardPin(choose(4) == 0)
                        .addPreferredSegments(choose(2) == 0 ? "n1" : "nowhere")
                        .setHostId(choose(2) == 0 ? "h0" : "")
                        .setPreferAllocInSameNode(choose(2) == 0))
                .build();
    }

    private MessageLite nodeRequest(Method method) {
        int segment = choose(SEGMENTS + 1);
        return switch (method) {
            case REMOVE_ALL -> RemoveAllRequest.newBuilder().setTenant(tenant()).build();
            case LIST_SEGMENTS -> ListSegmentsRequest.getDefaultInstance();
            case MOUNT_SEGMENT -> {
                MountSegmentRequest.Builder mount = mount(segment);
                switch (choose(10)) {
                    case 0 -> mount.setSizeBytes(number());
                    case 1 -> mount.setRegionBytes(number());
                    case 2 -> mount.setDataPort((int) number());
                    case 3 -> mount.setName("");
                    case 4 -> mount.setHost("h".repeat(1 + choose(256)));
                    case 5 -> mount.setCluster(Ids.toProto(new UUID(number(), 1)));
                    default -> {}
                }
                yield mount.setProcessNonce(choose(4)).build();
            }
            case PING ->
                PingRequest.newBuilder()
                        .setSegment(segment(segment))
                        .setProcessNonce(choose(4))
                        .addConfirmed(SessionCut.newBuilder()
                                .setClient(client(choose(2)))
                                .setGeneration(number()))
                        .addVerified(
                                VerifyResult.newBuilder().setOrderId(number()).setIntact(choose(2) == 0))
                        .build();
            default ->
                SegmentRequest.newBuilder()
                        .setSegment(segment(segment))
                        .setProcessNonce(choose(4))
                        .build();
        };
    }

    private MountSegmentRequest.Builder mount(int segment) {
        return MountSegmentRequest.newBuilder()
                .setSegment(segment(segment))
                .setProcessNonce(1)
                .setName("n" + segment)
                .setHost("127.0.0.1")
                .setDataPort(1)
                .setSizeBytes(SEGMENT_BYTES)
                .setRegionBytes(REGION_BYTES)
                .setHostId("h" + segment);
    }

    private Uuid client(int number) {
        return Ids.toProto(new UUID(input, 100 + number));
    }

    private Uuid segment(int number) {
        return Ids.toProto(new UUID(input, 200 + number));
    }

    private String tenant() {
        return choose(4) == 0 ? "t" : "";
    }

    private Keys keys(int count) {
        Keys.Builder keys = Keys.newBuilder();
        ByteString bytes = ByteString.EMPTY;
        for (int i = 0; i < count; i++) {
            ByteString key = ByteString.copyFromUtf8(KEYS[choose(12) % KEYS.length]);
            bytes = bytes.concat(key);
            keys.addLengths(key.size());
        }
        if (choose(32) == 0) {
            keys.addLengths((int) number());
        }
        return keys.setBytes(bytes).build();
    }

    private List<Uuid> segments(int count) {
        List<Uuid> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(segment(choose(SEGMENTS + 1)));
        }
        return ids;
    }

    private List<Long> ids(int count) {
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean any = known.isEmpty() || choose(4) == 0;
            ids.add(any ? number() : known.get(known.size() - 1 - choose(Math.min(8, known.size()))));
        }
        return ids;
    }

    /** One a key; now and then the column has another length. */
    private List<Long> numbers(int count) {
        List<Long> numbers = new ArrayList<>();
        int length = choose(32) == 0 ? choose(6) : count;
        for (int i = 0; i < length; i++) {
            numbers.add(number());
        }
        return numbers;
    }

    private long number() {
        return NUMBERS[choose(NUMBERS.length)];
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[Math.min(count, choices.remaining())];
        choices.get(bytes);
        return bytes;
    }

    /** From 0 to the bound, which is left out; 0 when the input has ended. */
    private int choose(int bound) {
        return choices.hasRemaining() ? (choices.get() & 0xFF) % bound : 0;
    }
}
