package io.mooncake4j.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.mooncake4j.node.NodeProtocol.Step;
import io.mooncake4j.transfer.memory.FillProgress;
import io.mooncake4j.transfer.memory.MemoryKind;
import io.mooncake4j.transfer.memory.SegmentMemory;
import io.mooncake4j.transfer.memory.SegmentMemoryOptions;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.Session;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Checksum;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.SealKey;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.MountSegmentRequest;
import io.mooncake4j.transfer.wire.proto.MountSegmentResponse;
import io.mooncake4j.transfer.wire.proto.PingRequest;
import io.mooncake4j.transfer.wire.proto.PingResponse;
import io.mooncake4j.transfer.wire.proto.SessionCut;
import io.mooncake4j.transfer.wire.proto.VerifyOrder;
import io.mooncake4j.transfer.wire.proto.VerifyResult;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NodeProtocolTest {
    private static final UUID CLUSTER = UUID.randomUUID();
    private static final UUID CLIENT = UUID.randomUUID();
    private static final long NONCE = 0x1234;
    private static final byte[] SECRET = {1, 2, 3};
    private static final long HOUR_NANOS = Duration.ofHours(1).toNanos();

    private final SegmentMemory memory =
            SegmentMemory.open(new SegmentMemoryOptions(MemoryKind.anonymous(), "n1", 8192, 4096), FillProgress.NONE);
    private final Queue<Runnable> checks = new ArrayDeque<>();
    private final AtomicInteger news = new AtomicInteger();
    private final NodeProtocol node = new NodeProtocol(
            memory,
            new NodeIdentity("n1", "10.0.0.1", "rack7", NONCE),
            SafetyRules.ALL,
            checks::add,
            news::incrementAndGet);

    @Test
    void shouldOfferAnEmptySegmentWhenNew() {
        MountSegmentRequest offer = node.mountRequest(50052);

        assertThat(node.step()).isEqualTo(Step.MOUNT);
        assertThat(offer)
                .isEqualTo(MountSegmentRequest.newBuilder()
                        .setSegment(Ids.toProto(memory.id()))
                        .setProcessNonce(NONCE)
                        .setName("n1")
                        .setHost("10.0.0.1")
                        .setDataPort(50052)
                        .setSizeBytes(8192)
                        .setRegionBytes(4096)
                        .setHostId("rack7")
                        .build());
    }

    @Test
    void shouldServeTokensOfTheMasterWhenMounted() {
        AccessToken early = token(memory.id(), epoch(5));
        assertRefused(early);

        mount(epoch(5));

        assertThat(node.step()).isEqualTo(Step.PING);
        assertThat(node.pingIntervalNanos()).isEqualTo(200_000_000);
        assertThat(node.journalDurable()).contains(true);
        assertThat(memory.clusterId()).contains(CLUSTER);
        assertThat(node.mountRequest(1).getCluster()).isEqualTo(Ids.toProto(CLUSTER));
        assertServed(token(memory.id(), epoch(5)));
        assertRefused(token(memory.id(), epoch(4)));
        assertThat(node.pingRequest())
                .isEqualTo(PingRequest.newBuilder()
                        .setSegment(Ids.toProto(memory.id()))
                        .setProcessNonce(NONCE)
                        .setEpoch(epoch(5).toProto())
                        .build());
    }

    @ParameterizedTest
    @EnumSource(names = {"SEGMENT_NOT_FOUND", "SEGMENT_ALREADY_EXISTS"})
    void shouldReturnEmptyUnderANewIdWhenTheMasterRefusesTheContent(ErrorCode code) {
        mount(epoch(5));
        UUID id = memory.id();
        AccessToken old = token(id, epoch(5));
        node.sessions().open(CLIENT, 0, () -> {}).leave();

        node.failed(new StoreException(code, "dropped"));

        assertThat(node.step()).isEqualTo(Step.CUT);
        node.sessions().cutAll();
        assertThatThrownBy(() -> node.sessions().open(CLIENT, 99, () -> {})).hasMessageContaining("SESSION_CUT");
        node.allCut();
        assertThat(node.step()).isEqualTo(Step.MOUNT);
        assertThat(memory.id()).isNotEqualTo(id);
        assertThat(node.mountRequest(1).hasCluster()).isFalse();
        assertRefused(old);
        mount(epoch(5));
        assertRefused(old);
        assertServed(token(memory.id(), epoch(5)));
        node.sessions().open(CLIENT, 0, () -> {}).leave();
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SEGMENT_NOT_FOUND", "SEGMENT_ALREADY_EXISTS"})
    void shouldKeepItsContentWhenAnythingElseFails(ErrorCode code) {
        mount(epoch(5));

        node.failed(new StoreException(code, "whatever"));

        assertThat(node.step()).isEqualTo(Step.PING);
    }

    @Test
    void shouldReturnEmptyWhenAPingMeetsAnotherCluster() {
        mount(epoch(5));

        pinged(
                node.pingRequest(),
                PingResponse.newBuilder().setEpoch(otherCluster().toProto()));

        assertThat(node.step()).isEqualTo(Step.CUT);
    }

    @Test
    void shouldReturnEmptyWhenAMountMeetsAnotherCluster() {
        memory.adoptCluster(CLUSTER);
        Epoch other = otherCluster();

        node.mounted(mountAnswer(other), 0, 0);

        assertThat(node.step()).isEqualTo(Step.CUT);
        assertThat(memory.clusterId()).contains(CLUSTER);
        assertRefused(token(memory.id(), other));
    }

    @Test
    void shouldMountAgainWhenALeaderIsNewer() {
        mount(epoch(5));
        UUID id = memory.id();
        PingResponse.Builder answer =
                PingResponse.newBuilder().setEpoch(epoch(6).toProto()).addCuts(cut(1));

        pinged(node.pingRequest(), answer);

        assertThat(node.step()).isEqualTo(Step.CUT_WRITERS);
        assertThat(node.hasNews()).isFalse();
        node.writersCut();
        assertThat(node.step()).isEqualTo(Step.MOUNT);
        assertThatThrownBy(() -> node.mounted(mountAnswer(epoch(5)), 0, 0)).hasMessageContaining("NOT_LEADER");
        mount(epoch(6));
        assertThat(memory.id()).isEqualTo(id);
        assertThat(node.mountRequest(1).getProcessNonce()).isEqualTo(NONCE);
        assertThat(node.pingRequest().getEpoch()).isEqualTo(epoch(6).toProto());
        assertServed(token(id, epoch(6)));
        assertRefused(token(id, epoch(5)));
    }

    @Test
    void shouldLetReadsOfTheFormerLeaderGoOnForOneLeaseWhenANewOneIsMet() {
        node.mounted(mountAnswer(epoch(5)).toBuilder().setReadLeaseMs(5000).build(), 0, 0);
        AccessToken former = token(memory.id(), epoch(5));
        AtomicInteger closed = new AtomicInteger();
        Session reader = node.sessions().open(CLIENT, 1, closed::incrementAndGet);
        Session writer = node.sessions().open(CLIENT, 1, closed::incrementAndGet);
        writer.beginWrite();
        long metNanos = 100;

        node.pinged(
                node.pingRequest(),
                PingResponse.newBuilder().setEpoch(epoch(6).toProto()).build(),
                0,
                metNanos);

        assertThat(node.sessions().cutWriters().toCompletableFuture()).isNotDone();
        assertThat(closed).hasValue(1);
        writer.leave();
        node.writersCut();
        mount(epoch(6));
        long endNanos = metNanos + 4_950_000_000L; // what a holder counts of 5 s
        assertThatCode(() -> verify(former, endNanos - 1)).doesNotThrowAnyException();
        assertThatThrownBy(() -> verify(former, endNanos)).hasMessageContaining("TOKEN_REFUSED");
        assertThat(node.sessions().openCount()).isEqualTo(1);
        reader.leave();
    }

    @Test
    void shouldAskForAPingWhenATokenIsOfAnUnknownNewerEpoch() {
        mount(epoch(5));
        node.gate().awaitEpoch(token(memory.id(), epoch(5)), 1);
        assertThat(node.isUrgent()).isFalse();

        node.gate().awaitEpoch(token(memory.id(), epoch(6)), 1);

        assertThat(node.isUrgent()).isTrue();
        assertThat(news).hasValue(1);
        PingRequest ping = node.pingRequest();
        assertThat(ping.getEpoch()).isEqualTo(epoch(5).toProto());
        assertThat(node.isUrgent()).isFalse();
    }

    /** Each row: the leader's revision, how far its journal is durable, where its term began, and whether that can be. */
    @ParameterizedTest
    @CsvSource({
        "5, 100, 90, true",
        "5, 99, 90, false",
        "6, 101, 101, true",
        "6, 300, 101, true",
        "6, 300, 100, false", // it wrote a lot since, but began before what was durable
        "6, 99, 99, false",
        "4, 95, 95, false", // etcd's revisions went back, too
        "6, 0, 0, true"
    })
    void shouldReturnEmptyWhenTheJournalWentBack(long revision, long durable, long term, boolean kept) {
        UUID id = memory.id();
        node.mounted(journal(mountAnswer(epoch(5)), 95, 90), 0, 0);
        pinged(node.pingRequest(), orders().setDurableSequence(100).setTermSequence(90));
        pinged(node.pingRequest(), orders());

        pinged(
                node.pingRequest(),
                PingResponse.newBuilder()
                        .setEpoch(epoch(revision).toProto())
                        .setDurableSequence(durable)
                        .setTermSequence(term));

        assertThat(node.step() != Step.CUT).isEqualTo(kept);
        if (!kept) {
            assertThatThrownBy(() -> {
                        node.sessions().cutAll();
                        node.sessions().open(CLIENT, 1, () -> {});
                    })
                    .hasMessageContaining("SESSION_CUT");
            node.allCut();
            assertThat(memory.id()).isNotEqualTo(id);
            node.mounted(journal(mountAnswer(epoch(revision)), durable, term), 0, 0);
            assertThat(node.step()).isEqualTo(Step.PING);
        }
    }

    @ParameterizedTest
    @CsvSource({"5, 100, 90, true", "6, 101, 101, true", "6, 200, 90, false", "5, 99, 90, false"})
    void shouldReturnEmptyWhenTheJournalWentBackWhileItsProcessWasAway(
            long revision, long durable, long term, boolean kept) {
        memory.adoptCluster(CLUSTER);
        memory.tell(5, 100);

        node.mounted(journal(mountAnswer(epoch(revision)), durable, term), 0, 0);

        assertThat(node.step()).isEqualTo(kept ? Step.PING : Step.CUT);
    }

    private static MountSegmentResponse journal(MountSegmentResponse answer, long durable, long term) {
        return answer.toBuilder()
                .setDurableSequence(durable)
                .setTermSequence(term)
                .build();
    }

    @Test
    void shouldObeyNothingWhenALeaderIsOlder() {
        mount(epoch(5));

        pinged(
                node.pingRequest(),
                PingResponse.newBuilder().setEpoch(epoch(4).toProto()).addCuts(cut(1)));

        assertThat(node.step()).isEqualTo(Step.PING);
        assertThat(node.hasNews()).isFalse();
        assertThatThrownBy(() -> node.mounted(mountAnswer(epoch(4)), 0, 0)).hasMessageContaining("NOT_LEADER");
        assertServed(token(memory.id(), epoch(5)));
    }

    @Test
    void shouldConfirmACutOnlyWhenNoThreadCopiesAnyMore() {
        mount(epoch(5));
        AtomicInteger closed = new AtomicInteger();
        Session session = node.sessions().open(CLIENT, 1, closed::incrementAndGet);
        Session later = node.sessions().open(CLIENT, 2, closed::incrementAndGet);

        pinged(node.pingRequest(), orders().addCuts(cut(1)));
        pinged(node.pingRequest(), orders().addCuts(cut(1)));

        assertThat(closed).hasValue(1);
        assertThat(node.hasNews()).isFalse();
        assertThat(node.pingRequest().getConfirmedList()).isEmpty();
        session.leave();
        assertThat(news).hasValue(1);
        assertThat(node.pingRequest().getConfirmedList()).containsExactly(cut(1));
        later.leave();
    }

    @Test
    void shouldConfirmAgainWhenAPingWasLostOrTheOrderCameAgain() {
        mount(epoch(5));
        pinged(node.pingRequest(), orders().addCuts(cut(1)));
        PingRequest lost = node.pingRequest();
        assertThat(lost.getConfirmedList()).containsExactly(cut(1));

        PingRequest second = node.pingRequest();
        assertThat(second.getConfirmedList()).containsExactly(cut(1));
        pinged(second, orders());

        assertThat(node.hasNews()).isFalse();
        assertThat(node.pingRequest().getConfirmedList()).isEmpty();
        pinged(node.pingRequest(), orders().addCuts(cut(1)));
        assertThat(node.pingRequest().getConfirmedList()).containsExactly(cut(1));
    }

    @Test
    void shouldReportNoCutOfAnEarlierMasterToALaterOne() {
        mount(epoch(5));
        Session session = node.sessions().open(CLIENT, 1, () -> {});
        pinged(node.pingRequest(), orders().addCuts(cut(0)).addCuts(cut(1)));
        pinged(node.pingRequest(), PingResponse.newBuilder().setEpoch(epoch(6).toProto()));
        session.leave();
        node.writersCut();
        mount(epoch(6));

        assertThat(node.pingRequest().getConfirmedList()).isEmpty();
    }

    @Test
    void shouldReportWhatIsIntactWhenOrderedToVerify() {
        mount(epoch(5));
        memory.region(0).putLong(4088, 7);
        memory.region(1).putLong(0, 9);
        ByteBuffer bytes = ByteBuffer.allocate(16).putLong(7).putLong(9).flip();
        VerifyOrder.Builder good = verify(1, Checksum.of(bytes));

        pinged(
                node.pingRequest(),
                orders().addVerifies(good)
                        .addVerifies(verify(2, Checksum.of(bytes) ^ 1))
                        .addVerifies(verify(3, Checksum.NONE))
                        .addVerifies(verify(4, Checksum.of(bytes)).setOffsets(0, 4089))
                        .addVerifies(verify(5, Checksum.of(bytes)).setRegions(1, 2))
                        .addVerifies(verify(6, Checksum.of(bytes)).setLengths(1, Long.MAX_VALUE)));
        pinged(node.pingRequest(), orders().addVerifies(good));
        assertThat(checks).hasSize(6);
        assertThat(node.hasNews()).isFalse();
        checks.forEach(Runnable::run);

        assertThat(news).hasValue(6);
        assertThat(node.pingRequest().getVerifiedList())
                .containsExactlyInAnyOrder(
                        result(1, true),
                        result(2, false),
                        result(3, true),
                        result(4, false),
                        result(5, false),
                        result(6, false));
        pinged(node.pingRequest(), orders());
        assertThat(node.pingRequest().getVerifiedList()).isEmpty();
    }

    @Test
    void shouldUseTheDefaultWhenTheMasterNamesNoPingInterval() {
        node.mounted(mountAnswer(epoch(5)).toBuilder().setPingIntervalMs(0).build(), 0, 0);

        assertThat(node.pingIntervalNanos()).isEqualTo(1_000_000_000);
    }

    /** A master that restarts, loses the segment and orders cuts at random; the driver takes every step as told. */
    @Property(tries = 200)
    void shouldNeverUseAnIdInTwoClustersNorConfirmALiveSession(
            @ForAll @Size(max = 60) List<@IntRange(max = 9) Integer> events) {
        new NodeProtocolTest().live(events);
    }

    private void live(List<Integer> events) {
        Map<UUID, UUID> clusterOfId = new HashMap<>();
        List<Session> open = new ArrayList<>();
        Epoch master = epoch(1);
        int generation = 0;
        for (int event : events) {
            switch (event) {
                case 0 -> master = new Epoch(UUID.randomUUID(), 1);
                case 1 -> master = new Epoch(master.clusterId(), master.revision() + 1);
                case 2 -> node.failed(new StoreException(ErrorCode.SEGMENT_NOT_FOUND, "dropped"));
                case 3 -> open.add(node.sessions().open(CLIENT, ++generation, () -> {}));
                case 4 -> {
                    if (!open.isEmpty()) {
                        open.remove(0).leave();
                    }
                }
                default -> {}
            }
            switch (node.step()) {
                case CUT_WRITERS -> {
                    node.sessions().cutWriters();
                    node.writersCut();
                }
                case CUT -> {
                    node.sessions().cutAll();
                    open.forEach(Session::leave);
                    open.clear();
                    node.allCut();
                }
                case MOUNT -> node.mounted(mountAnswer(master), 0, 0);
                case PING -> {
                    PingRequest ping = node.pingRequest();
                    for (SessionCut cut : ping.getConfirmedList()) {
                        assertThat(open).noneMatch(s -> s.generation() <= cut.getGeneration());
                    }
                    node.pinged(
                            ping,
                            PingResponse.newBuilder()
                                    .setEpoch(master.toProto())
                                    .addCuts(cut(generation))
                                    .build(),
                            0,
                            0);
                }
            }
            memory.clusterId()
                    .ifPresent(cluster -> assertThat(clusterOfId.putIfAbsent(memory.id(), cluster))
                            .isIn(null, cluster));
        }
        open.forEach(Session::leave);
    }

    private void mount(Epoch epoch) {
        node.mounted(mountAnswer(epoch), 0, 0);
    }

    private MountSegmentResponse mountAnswer(Epoch epoch) {
        return MountSegmentResponse.newBuilder()
                .setEpoch(epoch.toProto())
                .setAccessKey(ByteString.copyFrom(
                        SealKey.derive(SECRET, memory.id(), epoch).bytes()))
                .setPingIntervalMs(200)
                .setJournalDurable(true)
                .build();
    }

    private void pinged(PingRequest request, PingResponse.Builder answer) {
        node.pinged(request, answer.build(), 0, 0);
    }

    private static PingResponse.Builder orders() {
        return PingResponse.newBuilder().setEpoch(epoch(5).toProto());
    }

    private static SessionCut cut(long generation) {
        return SessionCut.newBuilder()
                .setClient(Ids.toProto(CLIENT))
                .setGeneration(generation)
                .build();
    }

    private static VerifyOrder.Builder verify(long id, long checksum) {
        return VerifyOrder.newBuilder()
                .setOrderId(id)
                .setChecksum(checksum)
                .addRegions(0)
                .addOffsets(4088)
                .addLengths(8)
                .addRegions(1)
                .addOffsets(0)
                .addLengths(8);
    }

    private static VerifyResult result(long id, boolean intact) {
        return VerifyResult.newBuilder().setOrderId(id).setIntact(intact).build();
    }

    private static Epoch epoch(long revision) {
        return new Epoch(CLUSTER, revision);
    }

    private static Epoch otherCluster() {
        return new Epoch(UUID.randomUUID(), 9);
    }

    private static AccessToken token(UUID segment, Epoch epoch) {
        return new AccessToken(
                        AccessToken.Mode.READ,
                        segment,
                        NONCE,
                        epoch,
                        CLIENT,
                        0,
                        HOUR_NANOS,
                        new int[] {0},
                        new long[] {0},
                        new long[] {8},
                        new byte[AccessToken.MAC_BYTES])
                .sealedBy(SealKey.derive(SECRET, segment, epoch));
    }

    private void verify(AccessToken token, long nowNanos) {
        node.gate().verify(token, AccessToken.Mode.READ, CLIENT, 0, nowNanos);
    }

    private void assertServed(AccessToken token) {
        assertThatCode(() -> node.gate().verify(token, AccessToken.Mode.READ, CLIENT, 0, 0))
                .doesNotThrowAnyException();
    }

    private void assertRefused(AccessToken token) {
        assertThatThrownBy(() -> node.gate().verify(token, AccessToken.Mode.READ, CLIENT, 0, 0))
                .hasMessageContaining("TOKEN_REFUSED");
    }
}
