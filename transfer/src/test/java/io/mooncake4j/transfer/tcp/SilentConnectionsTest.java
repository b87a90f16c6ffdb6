package io.mooncake4j.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.engine.BytePattern;
import io.mooncake4j.transfer.engine.SilentConnections;
import io.mooncake4j.transfer.engine.TestNode;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SilentConnectionsTest {
    private static final int CONNECTIONS = 10_000;
    private static final int MAX_CONNECTIONS = 512;
    private static final int BYTES = 8 << 20;

    private final UUID client = UUID.randomUUID();
    private final TestNode node = new TestNode(1, BYTES, SafetyRules.ALL);

    private TcpDataServer server(Duration handshake, Duration idle) throws IOException {
        BytePattern.fill(node.memory(0, 0, BYTES), 3, 0);
        return TcpDataServer.start(
                new TcpServerOptions("127.0.0.1", 0, MAX_CONNECTIONS, handshake, idle),
                node,
                node.gate(),
                node.sessions(),
                AccessHook.NONE);
    }

    private byte[] read(int bytes) {
        AccessToken token =
                node.draft(AccessToken.Mode.READ, client).range(0, 0, BYTES).seal();
        return RawClient.request(token, 1, bytes);
    }

    private void assertServed(RawClient good) throws IOException {
        good.send(read(1000));
        RawClient.Answer answer = good.answer();
        assertThat(answer.status()).isEqualTo(ErrorCode.OK);
        BytePattern.check(ByteBuffer.wrap(answer.bytes()), 3, 0);
    }

    @Test
    void shouldServeOthersAndCloseThemWhenThousandsSendNothing() throws Exception {
        try (TcpDataServer server = server(Duration.ofSeconds(2), Duration.ofSeconds(60));
                RawClient good = RawClient.greeted(server.port(), client)) {
            int count = SilentConnections.possible(CONNECTIONS, MAX_CONNECTIONS);
            try (SilentConnections silent = new SilentConnections(server.port(), count)) {
                assertThat(server.connectionCount()).isLessThanOrEqualTo(MAX_CONNECTIONS);
                assertServed(good);
                await().atMost(Duration.ofSeconds(30)).until(() -> silent.open() == 0);
            }
            await().until(() -> server.connectionCount() == 1); // it closes them first and then counts them
            assertServed(good);
            RawClient.greeted(server.port(), client).close();
        }
    }

    @Test
    void shouldServeOthersAndCloseItWhenAReaderTakesNothing() throws Exception {
        try (TcpDataServer server = server(Duration.ofSeconds(2), Duration.ofSeconds(2));
                RawClient slow = RawClient.greetedNarrowly(server.port(), client)) {
            for (int i = 0; i < 4; i++) {
                slow.send(read(BYTES)); // more than the sockets hold
            }
            await().until(() -> server.connectionCount() == 1);
            try (RawClient good = RawClient.greeted(server.port(), client)) {
                assertServed(good);
            }
            await().until(() -> server.connectionCount() == 0);
            assertThat(node.sessions().openCount()).isZero();
        }
    }
}
