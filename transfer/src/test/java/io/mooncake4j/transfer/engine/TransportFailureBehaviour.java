package io.mooncake4j.transfer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What every transport must do: tell what is known of an operation whose node, peer, caller or transport fails. A
 * transport's test extends it with its fixture.
 */
public abstract class TransportFailureBehaviour extends TransportCase {
    @Test
    void shouldSayNeverSentWhenNobodyListens() throws Exception {
        TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
        try (ReservedPort port = new ReservedPort()) {
            TransferOp op = write(transport(), port.number(), node, 1);
            assertThat(op.outcome()).isEqualTo(Outcome.NEVER_SENT);
            assertThat(op.error()).isEqualTo(ErrorCode.TRANSFER_FAIL);
            assertThat(op.detail()).contains(fixture().host() + ":" + port.number());
        }
    }

    @Test
    void shouldFailWhenTransportIsClosed() throws Exception {
        TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
        int port = start(node, AccessHook.NONE).port();
        Transport transport = transport();
        assertThat(write(transport, port, node, 1).outcome()).isEqualTo(Outcome.DONE);
        transport.close();
        TransferOp late = write(transport, port, node, 1);
        assertThat(late.outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(late.error()).isEqualTo(ErrorCode.CLOSED);
    }

    @Test
    void shouldKeepInterruptAndGoOnAfterItWhenThreadWasInterrupted() throws Exception {
        TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
        int port = start(node, AccessHook.NONE).port();
        Transport transport = transport();
        Thread.currentThread().interrupt();
        assertThat(write(transport, port, node, 1).outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(write(transport, port, node, 1).outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void shouldSayNeverSentWhenDeadlineHasPassed() throws Exception {
        TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
        TransferOp op = new TransferOp(0, 0, ByteBuffer.allocate(10));
        AccessToken token = node.draft(Mode.WRITE, client).range(0, 0, 10).seal();
        transport().run(transfer(start(node, AccessHook.NONE).port(), token, List.of(op)), Deadline.afterNanos(-1));
        assertThat(op.outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(op.error()).isEqualTo(ErrorCode.RPC_TIMEOUT);
    }
}
