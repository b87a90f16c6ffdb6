package io.mooncake4j.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.node.NodeProtocol.Step;
import io.mooncake4j.transfer.server.Session;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.MountSegmentResponse;
import io.mooncake4j.transfer.wire.proto.PingRequest;
import io.mooncake4j.transfer.wire.proto.PingResponse;
import io.mooncake4j.transfer.wire.proto.SessionCut;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** When a node keeps its content, and when it returns empty under a new id. */
class NodeProtocolContentTest extends NodeProtocolFixture {
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
        assertThat(node.mountRequest(1, false).hasCluster()).isFalse();
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

    /** A master that restarts, loses the segment and orders cuts at random; the driver takes every step as told. */
    @Property(tries = 200)
    void shouldNeverUseAnIdInTwoClustersNorConfirmALiveSession(
            @ForAll @Size(max = 60) List<@IntRange(max = 9) Integer> events) {
        new NodeProtocolContentTest().live(events);
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

    private static Epoch otherCluster() {
        return new Epoch(UUID.randomUUID(), 9);
    }
}
