package io.mooncake4j.transfer.rdma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.engine.BytePattern;
import io.mooncake4j.transfer.engine.TestNode;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.engine.Transport;
import io.mooncake4j.transfer.rdma.RdmaFixture.ServedNode;
import io.mooncake4j.transfer.rdma.cm.CmException;
import io.mooncake4j.transfer.rdma.cm.OutgoingLink;
import io.mooncake4j.transfer.rdma.verbs.CompletionQueue;
import io.mooncake4j.transfer.rdma.verbs.Memory;
import io.mooncake4j.transfer.rdma.verbs.MemoryRegion;
import io.mooncake4j.transfer.rdma.verbs.PeerAccess;
import io.mooncake4j.transfer.rdma.verbs.QueuePair;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.tcp.Leash;
import io.mooncake4j.transfer.tcp.Leashes;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who is let in over a device and who is not, and that nothing is left of either. */
class AdmissionOverDevice extends DeviceCase {
    @Test
    void shouldRejectAndLeaveNothingWhenTicketIsWrong() throws Exception {
        TestNode node = new TestNode(1, 4096, SafetyRules.ALL);
        // it waits so long for the right one
        ServedNode served = serve(node, RdmaFixture.OPTIONS.withConnectTimeout(RdmaOptions.DEFAULT.connectTimeout()));
        DeviceUse before = DeviceUse.now();
        assertRejected(served, node, ticket -> ticket + 1, "no such ticket");
        await().untilAsserted(() -> assertThat(DeviceUse.now()).isEqualTo(before));
        assertThat(write(transport(), node, served, 1, 1000).outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void shouldRejectWhenTicketIsUsedUp() throws Exception {
        TestNode node = new TestNode(1, 4096, SafetyRules.ALL);
        ServedNode served = serve(node, RdmaFixture.OPTIONS);
        RdmaDevice device = device();
        try (Leash leash = leash(served, node);
                CompletionQueue cq = device.context().createCq(64);
                OutgoingLink first = outgoing(device, cq);
                OutgoingLink second = outgoing(device, cq)) {
            LinkOffer offer = LinkOffer.decode(leash.offer());
            first.connect(offer.address(), offer.ticket(), 8, 0, soon());
            assertThatThrownBy(() -> second.connect(offer.address(), offer.ticket(), 8, 0, soon()))
                    .isInstanceOfSatisfying(
                            CmException.class, e -> assertThat(e.kind()).isEqualTo(CmException.Kind.REJECTED))
                    .hasMessageContaining("used before");
        }
        awaitNoQueuePairs(served, node);
    }

    @Test
    void shouldSayThatNobodyListensWhenThePortIsWrong() throws Exception {
        RdmaDevice device = device();
        InetSocketAddress nobody = new InetSocketAddress(device.address(), 9);
        try (CompletionQueue cq = device.context().createCq(64);
                OutgoingLink link = outgoing(device, cq)) {
            assertThatThrownBy(() -> link.connect(nobody, 1, 8, 0, soon()))
                    .isInstanceOfSatisfying(
                            CmException.class, e -> assertThat(e.kind()).isEqualTo(CmException.Kind.REJECTED))
                    .hasMessageContaining("nobody listens");
        }
    }

    /** Not on siw, which connects within the call, for as long as TCP tries. */
    @Test
    @Tag("rxe")
    void shouldSayThatNothingAnswersWhenTheAddressIsNobodys() throws Exception {
        RdmaDevice device = device();
        String own = device.address().getHostAddress();
        InetSocketAddress nobody = new InetSocketAddress(own.substring(0, own.lastIndexOf('.')) + ".99", 7471);
        try (CompletionQueue cq = device.context().createCq(64);
                OutgoingLink link = outgoing(device, cq)) {
            assertThatThrownBy(() -> link.connect(nobody, 1, 8, 0, Deadline.after(Duration.ofSeconds(5))))
                    .isInstanceOfSatisfying(
                            CmException.class,
                            e -> assertThat(e.kind())
                                    .isIn(
                                            CmException.Kind.ADDRESS,
                                            CmException.Kind.TIMED_OUT,
                                            CmException.Kind.UNREACHABLE));
        }
    }

    @Test
    void shouldRefuseByTypeWhenQueuePairsAreUsedUp() throws Exception {
        TestNode node = new TestNode(1, 4096, SafetyRules.ALL);
        ServedNode served = serve(node, RdmaFixture.OPTIONS.withMaxQueuePairs(2));
        Transport first = transport();
        assertThat(write(first, node, served, 1, 1000).outcome()).isEqualTo(Outcome.DONE);
        assertThat(served.rdma.queuePairs()).isEqualTo(2);
        TransferOp refused = write(transport(), node, served, 1, 1000);
        assertThat(refused.outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(refused.error()).as(refused.detail()).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(refused.detail()).contains("all 2 queue pairs");
        first.close();
        awaitNoQueuePairs(served, node);
        assertThat(write(transport(), node, served, 1, 1000).outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void shouldChangeNothingAndEndTheSessionWhenKeyIsWrong() throws Exception {
        TestNode node = new TestNode(1, 4096, SafetyRules.ALL);
        filled(node.memory(0, 0, 4096));
        ServedNode served = serve(node, RdmaFixture.OPTIONS);
        RdmaDevice device = device();
        ByteBuffer source = ByteBuffer.allocateDirect(4096);
        Link link = link(device, served, node);
        try (MemoryRegion memory = device.pd().register(Memory.address(source), 4096, PeerAccess.READ_WRITE)) {
            QueuePair queuePair = link.queuePairs().get(0);
            int wrongKey = link.regionKey(0) ^ 0x5500;
            queuePair.stageWrite(
                    7, memory.address(), memory.localKey(), 1024, link.regionAddress(0), wrongKey, true, false);
            queuePair.stageRead(
                    8, memory.address(), memory.localKey(), 1, link.regionAddress(0), link.regionKey(0), true);
            queuePair.post();
            int failed = 0;
            Deadline end = soon();
            for (int done = 0; done < 2 && !end.expired(); Thread.yield()) {
                int polled = link.completions().poll();
                for (int i = 0; i < polled; i++, done++) {
                    failed += link.completions().status(i) == 0 ? 0 : 1;
                }
            }
            assertThat(failed).isPositive(); // a WRITE by itself may seem to succeed on iWARP (S7)
            link.close();
        }
        awaitNoQueuePairs(served, node);
        BytePattern.checkAll(node.memory(0, 0, 4096), UNTOUCHED);
        assertThat(write(transport(), node, served, 1, 1000).outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void shouldLeaveNothingWhenLinksComeAndGo() throws Exception {
        TestNode node = new TestNode(1, 4096, SafetyRules.ALL);
        ServedNode served = serve(node, RdmaFixture.OPTIONS);
        RdmaDevice device = device();
        for (int i = 0; i < 5; i++) { // what is loaded or made once
            link(device, served, node).close();
        }
        awaitNoQueuePairs(served, node);
        DeviceUse before = DeviceUse.now();
        for (int i = 0; i < 200; i++) {
            Link link = link(device, served, node);
            assertThat(link.queuePairs()).hasSize(RdmaFixture.OPTIONS.queuePairsPerLink());
            link.close();
            link.close();
        }
        awaitNoQueuePairs(served, node);
        await().untilAsserted(() -> assertThat(DeviceUse.now()).isEqualTo(before));
    }

    private void assertRejected(ServedNode served, TestNode node, LongUnaryOperator spoil, String words)
            throws Exception {
        RdmaDevice device = RdmaDevice.open(RdmaFixture.OPTIONS);
        try (Leash leash = leash(served, node);
                CompletionQueue cq = device.context().createCq(64);
                OutgoingLink link = outgoing(device, cq)) {
            LinkOffer offer = LinkOffer.decode(leash.offer());
            long ticket = spoil.applyAsLong(offer.ticket());
            assertThatThrownBy(() -> link.connect(offer.address(), ticket, 8, 0, soon()))
                    .isInstanceOfSatisfying(
                            CmException.class, e -> assertThat(e.kind()).isEqualTo(CmException.Kind.REJECTED))
                    .hasMessageContaining(words);
        } finally {
            device.close();
        }
        awaitNoQueuePairs(served, node);
    }

    private Leash leash(ServedNode served, TestNode node) throws Exception {
        return new Leashes(PATIENCE).open(target(node, served, Mode.READ, 1), 1, soon());
    }

    private Link link(RdmaDevice device, ServedNode served, TestNode node) throws Exception {
        return new LinkConnector(device, RdmaFixture.OPTIONS).connect(target(node, served, Mode.WRITE, 1), soon());
    }

    private static OutgoingLink outgoing(RdmaDevice device, CompletionQueue cq) throws IOException {
        return new OutgoingLink(device.address(), device.pd(), cq);
    }
}
