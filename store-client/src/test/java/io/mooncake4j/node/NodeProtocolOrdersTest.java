package io.mooncake4j.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.server.Session;
import io.mooncake4j.transfer.wire.Checksum;
import io.mooncake4j.transfer.wire.proto.PingRequest;
import io.mooncake4j.transfer.wire.proto.PingResponse;
import io.mooncake4j.transfer.wire.proto.VerifyOrder;
import io.mooncake4j.transfer.wire.proto.VerifyResult;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A node is ordered to cut sessions and to verify content, and tells when that is done. */
class NodeProtocolOrdersTest extends NodeProtocolFixture {
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
}
