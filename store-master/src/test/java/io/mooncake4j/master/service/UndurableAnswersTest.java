package io.mooncake4j.master.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.mooncake4j.master.ha.Leadership;
import io.mooncake4j.master.placement.CoreFixture;
import io.mooncake4j.master.placement.LaggingLog;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.rpc.RpcClientOptions;
import io.mooncake4j.transfer.rpc.RpcServer;
import io.mooncake4j.transfer.rpc.RpcServerOptions;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.Empty;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeRequest;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeResponse;
import io.mooncake4j.transfer.wire.proto.MountSegmentRequest;
import io.mooncake4j.transfer.wire.proto.MountSegmentResponse;
import io.mooncake4j.transfer.wire.proto.Outcome;
import io.mooncake4j.transfer.wire.proto.PutEndRequest;
import io.mooncake4j.transfer.wire.proto.SegmentRequest;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Asked again because the first answer was lost: what it says is as much a promise as that one, and waits as long. */
class UndurableAnswersTest {
    private static final UUID ALICE = new UUID(9, 1);
    private static final long SIZE_BYTES = 1 << 20;

    private final LaggingLog log = new LaggingLog();
    private final CoreFixture fixture = new CoreFixture(SafetyRules.ALL, log);
    private final RpcServer server = RpcServer.start(
            RpcServerOptions.builder().bindHost("127.0.0.1").port(0).build(),
            new MasterService(fixture.core, new CallMeters(), Leadership.SOLE, fixture::now, Runnable::run));
    private final RpcClient rpc = RpcClient.create(RpcClientOptions.builder()
            .addresses(HostPort.parseList("127.0.0.1:" + server.port()))
            .build());

    private final UUID segmentId = new UUID(7, 7);

    @BeforeEach
    void mount() {
        fixture.mount(segmentId, "n1", SIZE_BYTES, 1, null);
    }

    @AfterEach
    void stop() {
        rpc.close();
        server.close();
    }

    private long put() {
        long grant =
                Objects.requireNonNull(fixture.start(ALICE, "k", 1000).grant()).id();
        assertThat(fixture.end(ALICE, "k", grant)).isEqualTo(ErrorCode.OK);
        return grant;
    }

    private <T extends MessageLite> CompletableFuture<T> call(Method method, MessageLite request, Parser<T> parser) {
        return rpc.callAsync(method, request, parser, Deadline.after(Duration.ofSeconds(20)));
    }

    /** The answer, which must not come before the journal has caught up. */
    private <T extends MessageLite> T onceDurable(Method method, MessageLite request, Parser<T> parser) {
        int waiting = log.waiting();
        CompletableFuture<T> answer = call(method, request, parser);
        await().until(() -> answer.isDone() || log.waiting() > waiting);
        assertThat(answer).isNotDone();
        log.catchUp();
        return answer.join();
    }

    private static GrantOutcomeRequest outcomeOf(long grant) {
        return GrantOutcomeRequest.newBuilder()
                .setKeys(KeyColumn.of(List.of("k")).toProto())
                .addGrantIds(grant)
                .build();
    }

    private static PutEndRequest endOf(long grant) {
        return PutEndRequest.newBuilder()
                .setClient(Ids.toProto(ALICE))
                .setKeys(KeyColumn.of(List.of("k")).toProto())
                .addGrantIds(grant)
                .addPlaced(1)
                .addUnanswered(0)
                .addChecksums(0)
                .build();
    }

    private MountSegmentRequest mounting() {
        Segment.Address address = Objects.requireNonNull(
                        fixture.core.segmentTable().find(segmentId))
                .address();
        return MountSegmentRequest.newBuilder()
                .setSegment(Ids.toProto(segmentId))
                .setName("n1")
                .setHostId("host-n1")
                .setHost(address.host())
                .setDataPort(address.dataPort())
                .setProcessNonce(address.processNonce())
                .setSizeBytes(SIZE_BYTES)
                .setRegionBytes(1 << 20)
                .build();
    }

    private Outcome outcome(long grant) {
        return onceDurable(Method.GRANT_OUTCOME, outcomeOf(grant), GrantOutcomeResponse.parser())
                .getOutcomes(0);
    }

    @Test
    void shouldSayThatAPutIsCommittedOnlyWhenItIsDurable() {
        assertThat(outcome(put())).isEqualTo(Outcome.OUTCOME_COMMITTED);
    }

    @Test
    void shouldSayThatAPutWasRemovedOnlyWhenThatIsDurable() {
        long grant = put();
        assertThat(fixture.remove("k")).isEqualTo(ErrorCode.OK);
        assertThat(outcome(grant)).isEqualTo(Outcome.OUTCOME_REMOVED);
    }

    @Test
    void shouldSayAtOnceThatAPutIsOpenOrNeverWasWhenNothingIsDurable() {
        long open =
                Objects.requireNonNull(fixture.start(ALICE, "k", 1000).grant()).id();
        assertThat(call(Method.GRANT_OUTCOME, outcomeOf(open), GrantOutcomeResponse.parser()))
                .succeedsWithin(Duration.ofSeconds(20))
                .extracting(answer -> answer.getOutcomes(0))
                .isEqualTo(Outcome.OUTCOME_OPEN);
        assertThat(fixture.revoke(ALICE, "k", open, 0)).isEqualTo(ErrorCode.OK);
        assertThat(call(Method.GRANT_OUTCOME, outcomeOf(open), GrantOutcomeResponse.parser()))
                .succeedsWithin(Duration.ofSeconds(20))
                .extracting(answer -> answer.getOutcomes(0))
                .isEqualTo(Outcome.OUTCOME_NEVER);
    }

    @Test
    void shouldEndAPutAgainOnlyWhenItIsDurable() {
        long grant = put();
        assertThat(onceDurable(Method.PUT_END, endOf(grant), StatusResponse.parser())
                        .getStatusList())
                .containsExactly(0);
    }

    @Test
    void shouldEndAPutAgainOnlyWhenItIsDurableThoughItWasRemovedSince() {
        long grant = put();
        assertThat(fixture.remove("k")).isEqualTo(ErrorCode.OK);
        assertThat(onceDurable(Method.PUT_END, endOf(grant), StatusResponse.parser())
                        .getStatusList())
                .containsExactly(0);
    }

    @Test
    void shouldMountAgainOnlyWhenItIsDurable() {
        MountSegmentResponse answer = onceDurable(Method.MOUNT_SEGMENT, mounting(), MountSegmentResponse.parser());
        assertThat(answer.getJournalDurable()).isTrue();
    }

    @Test
    void shouldLetASegmentLeaveAgainOnlyWhenThatIsDurable() {
        SegmentRequest request = SegmentRequest.newBuilder()
                .setSegment(Ids.toProto(segmentId))
                .setProcessNonce(1)
                .build();
        CompletableFuture<?> first = call(Method.LEAVE_SEGMENT, request, Empty.parser());
        await().until(() -> log.waiting() == 1);
        onceDurable(Method.LEAVE_SEGMENT, request, Empty.parser());
        assertThat(first).isCompleted();
    }
}
