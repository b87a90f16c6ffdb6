package io.mooncake4j.transfer.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.engine.SilentConnections;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SilentConnectionsTest {
    private static final int CONNECTIONS = 10_000;
    private static final int MAX_CONNECTIONS = 6000;
    /** Turned away, but not closed yet. */
    private static final int LINGERING = 2000;

    @Test
    void shouldServeOthersAndCloseThemWhenThousandsSendNothing() throws Exception {
        int count = SilentConnections.possible(CONNECTIONS, MAX_CONNECTIONS + LINGERING);
        int max = count * MAX_CONNECTIONS / CONNECTIONS;
        try (RpcFixture fixture = new RpcFixture(true)) {
            RpcServer server = fixture.closing(RpcServer.start(
                    RpcServerOptions.builder()
                            .bindHost("127.0.0.1")
                            .port(0)
                            .maxConnections(max)
                            .heartbeat(Duration.ofMillis(250))
                            .idleTimeout(Duration.ofSeconds(5))
                            .build(),
                    RpcFixture::echo));
            RpcClient client = fixture.client(server);
            assertThat(RpcFixture.call(client, "before")).isEqualTo("before");
            try (SilentConnections silent = new SilentConnections(server.port(), count)) {
                // the client has one of the places; who finds none is told so and closed
                await().atMost(Duration.ofSeconds(20)).until(() -> silent.open() < max);
                assertThat(RpcFixture.call(client, "meanwhile")).isEqualTo("meanwhile");
                await().atMost(Duration.ofSeconds(30)).until(() -> silent.open() == 0);
            }
            assertThat(RpcFixture.call(client, "after")).isEqualTo("after");
            assertThat(RpcFixture.call(fixture.client(server), "a new one")).isEqualTo("a new one");
        }
    }
}
