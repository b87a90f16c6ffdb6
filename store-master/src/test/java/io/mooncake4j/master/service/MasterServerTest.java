package io.mooncake4j.master.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.master.placement.CoreAudit;
import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.rpc.RpcClientOptions;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.SealKey;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.GetReplicasRequest;
import io.mooncake4j.transfer.wire.proto.ListKeysRequest;
import io.mooncake4j.transfer.wire.proto.ListKeysResponse;
import io.mooncake4j.transfer.wire.proto.ListSegmentsRequest;
import io.mooncake4j.transfer.wire.proto.ListSegmentsResponse;
import io.mooncake4j.transfer.wire.proto.MountSegmentRequest;
import io.mooncake4j.transfer.wire.proto.MountSegmentResponse;
import io.mooncake4j.transfer.wire.proto.Placements;
import io.mooncake4j.transfer.wire.proto.PutEndRequest;
import io.mooncake4j.transfer.wire.proto.PutOptions;
import io.mooncake4j.transfer.wire.proto.PutStartRequest;
import io.mooncake4j.transfer.wire.proto.PutStartResponse;
import io.mooncake4j.transfer.wire.proto.RemoveByRegexRequest;
import io.mooncake4j.transfer.wire.proto.RemovedResponse;
import io.mooncake4j.transfer.wire.proto.ReplicasResponse;
import io.mooncake4j.transfer.wire.proto.SegmentAccess;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MasterServerTest {
    private static final UUID CLIENT = new UUID(5, 5);
    private static final UUID SEGMENT = new UUID(6, 6);

    private final MasterServer master =
            MasterServer.start(MasterOptions.defaults().withAddress("127.0.0.1", 0));
    private final RpcClient rpc = RpcClient.create(RpcClientOptions.builder()
            .addresses(HostPort.parseList("127.0.0.1:" + master.port()))
            .build());
    private MountSegmentResponse mounted = MountSegmentResponse.getDefaultInstance();

    @BeforeEach
    void mount() {
        mounted = rpc.call(
                Method.MOUNT_SEGMENT,
                MountSegmentRequest.newBuilder()
                        .setSegment(Ids.toProto(SEGMENT))
                        .setProcessNonce(77)
                        .setName("n1")
                        .setHost("127.0.0.1")
                        .setDataPort(1)
                        .setSizeBytes(1 << 20)
                        .setRegionBytes(1 << 20)
                        .build(),
                MountSegmentResponse.parser(),
                soon());
    }

    @AfterEach
    void stop() {
        rpc.close();
        master.close();
        CoreAudit.check(master.core());
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(5));
    }

    private PutStartResponse start(long sequence, List<String> keys) {
        return rpc.call(
                Method.PUT_START,
                PutStartRequest.newBuilder()
                        .setClient(Ids.toProto(CLIENT))
                        .setSequence(sequence)
                        .setKeys(KeyColumn.of(keys).toProto())
                        .addAllSizes(Collections.nCopies(keys.size(), 100L))
                        .setOptions(PutOptions.newBuilder().setReplicaNum(1))
                        .build(),
                PutStartResponse.parser(),
                soon());
    }

    private StatusResponse end(List<String> keys, PutStartResponse started) {
        return rpc.call(
                Method.PUT_END,
                PutEndRequest.newBuilder()
                        .setClient(Ids.toProto(CLIENT))
                        .setKeys(KeyColumn.of(keys).toProto())
                        .addAllGrantIds(started.getGrantIdsList())
                        .addAllPlaced(Collections.nCopies(keys.size(), 1L))
                        .addAllUnanswered(Collections.nCopies(keys.size(), 0L))
                        .addAllChecksums(Collections.nCopies(keys.size(), 0L))
                        .build(),
                StatusResponse.parser(),
                soon());
    }

    private ReplicasResponse get(List<String> keys) {
        return rpc.call(
                Method.GET_REPLICAS,
                GetReplicasRequest.newBuilder()
                        .setClient(Ids.toProto(CLIENT))
                        .setKeys(KeyColumn.of(keys).toProto())
                        .build(),
                ReplicasResponse.parser(),
                soon());
    }

    private AccessToken token(AccessToken.Mode mode, Placements placements) {
        SegmentAccess access = placements.getSegments(0);
        int count = placements.getExtentSegmentCount();
        int[] regions = new int[count];
        long[] offsets = new long[count];
        long[] lengths = new long[count];
        for (int i = 0; i < count; i++) {
            regions[i] = placements.getExtentRegion(i);
            offsets[i] = placements.getExtentOffset(i);
            lengths[i] = placements.getExtentLength(i);
        }
        return new AccessToken(
                mode,
                Ids.of(access.getSegment()),
                access.getProcessNonce(),
                Epoch.of(placements.getEpoch()),
                CLIENT,
                access.getSessionGeneration(),
                access.getDeadlineTicks(),
                regions,
                offsets,
                lengths,
                access.getMac().toByteArray());
    }

    @Test
    void shouldFindBatchUnderOneSealedTokenWhenPutHasEnded() {
        List<String> keys = List.of("a", "b", "c");
        PutStartResponse started = start(1, keys);
        SealKey key = new SealKey(mounted.getAccessKey().toByteArray());
        assertThat(started.getPlacements().getSegmentsCount()).isEqualTo(1);
        assertThat(token(AccessToken.Mode.WRITE, started.getPlacements()).isSealedBy(key))
                .isTrue();
        assertThat(token(AccessToken.Mode.READ, started.getPlacements()).isSealedBy(key))
                .isFalse();
        assertThat(end(keys, started).getStatusList()).containsExactly(0, 0, 0);
        ReplicasResponse found = get(List.of("a", "missing", "c"));
        assertThat(found.getStatusList()).containsExactly(0, ErrorCode.OBJECT_NOT_FOUND.number(), 0);
        assertThat(found.getObjectIds(0)).isEqualTo(started.getGrantIds(0));
        assertThat(found.getPlacements().getReplicasPerKeyList()).containsExactly(1, 0, 1);
        assertThat(token(AccessToken.Mode.READ, found.getPlacements()).isSealedBy(key))
                .isTrue();
    }

    @Test
    void shouldRemoveAndCountWhenRegexMatchesAnywhereInTheKey() {
        List<String> keys = List.of("model-a/1", "model-a/2", "model-b/1");
        end(keys, start(1, keys));
        RemovedResponse removed = rpc.call(
                Method.REMOVE_BY_REGEX,
                RemoveByRegexRequest.newBuilder().setRegex("del-a/[0-9]+$").build(),
                RemovedResponse.parser(),
                soon());
        assertThat(removed.getRemoved()).isEqualTo(2);
        ListKeysResponse left =
                rpc.call(Method.LIST_KEYS, ListKeysRequest.getDefaultInstance(), ListKeysResponse.parser(), soon());
        assertThat(KeyColumn.of(left.getKeys()).toList()).containsExactly("model-b/1");
    }

    @Test
    void shouldNameTheFaultWhenRequestIsWrong() {
        assertThatThrownBy(() -> rpc.call(
                        Method.REMOVE_BY_REGEX,
                        RemoveByRegexRequest.newBuilder().setRegex("(").build(),
                        RemovedResponse.parser(),
                        soon()))
                .isInstanceOfSatisfying(StoreException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMS);
                    assertThat(e.reason()).contains("RE2");
                });
        assertThatThrownBy(() -> start(0, List.of("a")))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMS));
    }

    @Test
    void shouldTellUseAndCountsWhenSegmentsAreListed() {
        List<String> keys = List.of("a", "b");
        end(keys, start(1, keys));
        ListSegmentsResponse listed = rpc.call(
                Method.LIST_SEGMENTS, ListSegmentsRequest.getDefaultInstance(), ListSegmentsResponse.parser(), soon());
        assertThat(listed.getSegments(0).getUsedBytes()).isEqualTo(256);
        assertThat(listed.getStats().getObjects()).isEqualTo(2);
        assertThat(listed.getStats().getPutsCommitted()).isEqualTo(2);
    }
}
