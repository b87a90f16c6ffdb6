package io.mooncake4j.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.node.NodeProtocol.Step;
import io.mooncake4j.transfer.server.Session;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.proto.MountSegmentRequest;
import io.mooncake4j.transfer.wire.proto.PingRequest;
import io.mooncake4j.transfer.wire.proto.PingResponse;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A node mounts, and follows the leader that is the newest it met. */
class NodeProtocolLeadersTest extends NodeProtocolFixture {
    @Test
    void shouldOfferAnEmptySegmentWhenNew() {
        MountSegmentRequest offer = node.mountRequest(50052, true);

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
                        .setRdma(true)
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
        assertThat(node.mountRequest(1, false).getCluster()).isEqualTo(Ids.toProto(CLUSTER));
        assertServed(token(memory.id(), epoch(5)));
        assertRefused(token(memory.id(), epoch(4)));
        assertThat(node.pingRequest())
                .isEqualTo(PingRequest.newBuilder()
                        .setSegment(Ids.toProto(memory.id()))
                        .setProcessNonce(NONCE)
                        .setEpoch(epoch(5).toProto())
                        .build());
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
        assertThat(node.mountRequest(1, false).getProcessNonce()).isEqualTo(NONCE);
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
    void shouldUseTheDefaultWhenTheMasterNamesNoPingInterval() {
        node.mounted(mountAnswer(epoch(5)).toBuilder().setPingIntervalMs(0).build(), 0, 0);

        assertThat(node.pingIntervalNanos()).isEqualTo(1_000_000_000);
    }

    private void verify(AccessToken token, long nowNanos) {
        node.gate().verify(token, AccessToken.Mode.READ, CLIENT, 0, nowNanos);
    }
}
