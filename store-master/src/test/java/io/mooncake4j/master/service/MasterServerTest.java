package io.mooncake4j.master.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.master.etcd.EtcdOptions;
import io.mooncake4j.master.ha.LoggedLines;
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
import io.mooncake4j.transfer.wire.proto.CallStats;
import io.mooncake4j.transfer.wire.proto.ClusterStats;
import io.mooncake4j.transfer.wire.proto.DescribeRequest;
import io.mooncake4j.transfer.wire.proto.DescribeResponse;
import io.mooncake4j.transfer.wire.proto.GetReplicasRequest;
import io.mooncake4j.transfer.wire.proto.ListKeysRequest;
import io.mooncake4j.transfer.wire.proto.ListKeysResponse;
import io.mooncake4j.transfer.wire.proto.ListSegmentsRequest;
import io.mooncake4j.transfer.wire.proto.ListSegmentsResponse;
import io.mooncake4j.transfer.wire.proto.MountSegmentRequest;
import io.mooncake4j.transfer.wire.proto.MountSegmentResponse;
import io.mooncake4j.transfer.wire.proto.ObjectInfo;
import io.mooncake4j.transfer.wire.proto.Placements;
import io.mooncake4j.transfer.wire.proto.PutEndRequest;
import io.mooncake4j.transfer.wire.proto.PutOptions;
import io.mooncake4j.transfer.wire.proto.PutStartRequest;
import io.mooncake4j.transfer.wire.proto.PutStartResponse;
import io.mooncake4j.transfer.wire.proto.RemoveByRegexRequest;
import io.mooncake4j.transfer.wire.proto.RemovedResponse;
import io.mooncake4j.transfer.wire.proto.ReplicaInfo;
import io.mooncake4j.transfer.wire.proto.ReplicasResponse;
import io.mooncake4j.transfer.wire.proto.SegmentAccess;
import io.mooncake4j.transfer.wire.proto.SegmentState;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        return Deadline.after(Duration.ofSeconds(20));
    }

    private PutStartResponse start(long sequence, List<String> keys) {
        return start(sequence, keys, PutOptions.newBuilder().setReplicaNum(1));
    }

    private PutStartResponse start(long sequence, List<String> keys, PutOptions.Builder options) {
        return rpc.call(
                Method.PUT_START,
                PutStartRequest.newBuilder()
                        .setClient(Ids.toProto(CLIENT))
                        .setSequence(sequence)
                        .setKeys(KeyColumn.of(keys).toProto())
                        .addAllSizes(Collections.nCopies(keys.size(), 100L))
                        .setOptions(options)
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

    /** Unrolled, it would need more memory than there is; it once ended the master. */
    @Test
    void shouldRefuseAndServeOnWhenARegexWouldExplode() {
        String explosive = "((((((((((a{0,9}){0,9}){0,9}){0,9}){0,9}){0,9}){0,9}){0,9}){0,9}){0,9})";
        assertThatThrownBy(() -> removeByRegex(explosive)).isInstanceOfSatisfying(StoreException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMS);
            assertThat(e.reason()).contains("regex is too large").contains("at most 10000");
        });
        end(List.of("a"), start(1, List.of("a")));
        assertThat(removeByRegex("a").getRemoved()).isEqualTo(1);
    }

    @Test
    void shouldStopAtTheDeadlineWhenARegexIsSlow() {
        String slow = "((a*)*)*".repeat(500);
        List<String> keys =
                IntStream.range(0, 200).mapToObj(i -> "a".repeat(4000) + i).toList();
        end(keys, start(1, keys));
        long before = System.nanoTime();
        assertThatThrownBy(() -> rpc.call(
                        Method.REMOVE_BY_REGEX,
                        RemoveByRegexRequest.newBuilder().setRegex(slow + "z").build(),
                        RemovedResponse.parser(),
                        Deadline.after(Duration.ofMillis(300))))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RPC_TIMEOUT));
        // both workers are free again long before all keys were looked at
        assertThat(removeByRegex("0$").getRemoved()).isEqualTo(20);
        assertThat(removeByRegex("1$").getRemoved()).isEqualTo(20);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
    }

    private RemovedResponse removeByRegex(String regex) {
        return rpc.call(
                Method.REMOVE_BY_REGEX,
                RemoveByRegexRequest.newBuilder().setRegex(regex).build(),
                RemovedResponse.parser(),
                soon());
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

    private ClusterStats stats() {
        return rpc.call(
                        Method.LIST_SEGMENTS,
                        ListSegmentsRequest.getDefaultInstance(),
                        ListSegmentsResponse.parser(),
                        soon())
                .getStats();
    }

    @Test
    void shouldCountCallsKeysAndBytesWhenTheyAreAnswered() {
        List<String> keys = List.of("a", "b");
        end(keys, start(1, keys));
        get(List.of("a", "b", "missing"));
        get(List.of("b"));
        assertThatThrownBy(() -> start(0, keys)).isInstanceOf(StoreException.class);

        ClusterStats stats = stats();

        assertThat(stats.getPutBytes()).isEqualTo(200);
        assertThat(stats.getLocatedBytes()).isEqualTo(300);
        CallStats gets = calls(stats, Method.GET_REPLICAS);
        assertThat(gets.getAnswered()).isEqualTo(2);
        assertThat(gets.getKeys()).isEqualTo(4);
        assertThat(gets.getFailed()).isZero();
        assertThat(gets.getNanos()).isPositive();
        assertThat(gets.getLatencyBucketsList().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(2);
        CallStats starts = calls(stats, Method.PUT_START);
        assertThat(starts.getAnswered()).isEqualTo(2);
        assertThat(starts.getFailed()).isEqualTo(1);
    }

    private static CallStats calls(ClusterStats stats, Method method) {
        return stats.getCallsList().stream()
                .filter(calls -> calls.getMethod() == method.number())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldDescribeWithoutLeaseOrHitWhenObjectsAreLookedAt() {
        List<String> keys = List.of("d/1", "d/2");
        end(keys, start(1, keys));
        end(
                List.of("pinned"),
                start(
                        2,
                        List.of("pinned"),
                        PutOptions.newBuilder().setReplicaNum(1).setHardPin(true)));
        end(
                List.of("soft"),
                start(
                        3,
                        List.of("soft"),
                        PutOptions.newBuilder().setReplicaNum(1).setSoftPinTtlMs(60_000)));
        get(List.of("d/2"));

        DescribeResponse described = rpc.call(
                Method.DESCRIBE,
                DescribeRequest.newBuilder()
                        .setKeys(KeyColumn.of(List.of("d/1", "missing", "d/2", "pinned", "soft"))
                                .toProto())
                        .build(),
                DescribeResponse.parser(),
                soon());

        assertThat(described.getStatusList()).containsExactly(0, ErrorCode.OBJECT_NOT_FOUND.number(), 0, 0, 0);
        ObjectInfo first = described.getObjects(0);
        assertThat(first.getSizeBytes()).isEqualTo(100);
        assertThat(first.getLeaseLeftMs()).isZero();
        assertThat(first.getSoftPinLeftMs()).isZero();
        assertThat(first.getReplicasCount()).isOne();
        ReplicaInfo replica = first.getReplicas(0);
        assertThat(replica.getName()).isEqualTo("n1");
        assertThat(replica.getState()).isEqualTo(SegmentState.SEGMENT_STATE_OK);
        assertThat(replica.getLengthsList()).containsExactly(100L);
        assertThat(described.getObjects(2).getLeaseLeftMs()).isBetween(1L, 5100L);
        assertThat(described.getObjects(3).getHardPinned()).isTrue();
        assertThat(described.getObjects(4).getSoftPinLeftMs()).isBetween(1L, 60_000L);
        assertThat(stats().getGetsHit()).isOne();
        assertThat(stats().getGetsMissed()).isZero();
    }

    @Test
    void shouldListDetailsWhenAskedForThem() {
        List<String> keys = List.of("d/1", "d/2", "e");
        end(keys, start(1, keys));

        ListKeysResponse plain = list(false);
        ListKeysResponse detailed = list(true);

        assertThat(plain.getDetailsCount()).isZero();
        assertThat(KeyColumn.of(detailed.getKeys()).toList()).containsExactlyInAnyOrder("d/1", "d/2");
        assertThat(detailed.getDetailsList()).hasSize(2).allSatisfy(info -> {
            assertThat(info.getSizeBytes()).isEqualTo(100);
            assertThat(info.getReplicasCount()).isOne();
        });
    }

    private ListKeysResponse list(boolean detailed) {
        return rpc.call(
                Method.LIST_KEYS,
                ListKeysRequest.newBuilder()
                        .setPrefix("d/")
                        .setDetailed(detailed)
                        .build(),
                ListKeysResponse.parser(),
                soon());
    }

    /** Nobody listens at the documentation's addresses (RFC 5737). */
    @ParameterizedTest
    @CsvSource({
        "http://192.0.2.1:2379, 127.0.0.1:0, 1",
        "http://127.0.0.1:1, 127.0.0.1:0, 0",
        "http://192.0.2.1:2379, 192.0.2.2:0, 0"
    })
    void shouldWarnWhenOthersAreToldAnAddressThatOnlyThisMachineReaches(String etcd, String address, int warnings) {
        EtcdOptions options = EtcdOptions.builder().endpoints(etcd).build();
        try (LoggedLines lines = new LoggedLines(MasterServer.class);
                MasterServer standby = MasterServer.start(MasterOptions.defaults()
                        .withAddress("127.0.0.1", 0)
                        .withCluster(
                                new ClusterOptions(options, address, Duration.ofSeconds(5), false, new byte[0])))) {
            assertThat(lines.with("set --advertise HOST:PORT"))
                    .hasSize(warnings)
                    .allMatch(line -> line.contains("127.0.0.1:" + standby.port()));
            assertThat(standby.hasLoaded()).isFalse();
        }
        assertThat(master.hasLoaded()).as("of one alone").isTrue();
    }
}
