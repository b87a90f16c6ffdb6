package io.mooncake4j.transfer.tcp;

import io.mooncake4j.transfer.engine.TestNode;
import io.mooncake4j.transfer.engine.Transport;
import io.mooncake4j.transfer.engine.TransportFixture;
import io.mooncake4j.transfer.server.AccessHook;
import java.io.IOException;

/** TCP, for the behaviour of transports. */
final class TcpFixture implements TransportFixture {
    @Override
    public RunningNode start(TestNode node, AccessHook hook) throws IOException {
        TcpDataServer server =
                TcpDataServer.start(TcpServerOptions.of("127.0.0.1", 0), node, node.gate(), node.sessions(), hook);
        return new RunningNode() {
            @Override
            public int port() {
                return server.port();
            }

            @Override
            public void close() {
                server.close();
            }
        };
    }

    @Override
    public Transport newTransport() {
        return new TcpTransport(TcpTransportOptions.DEFAULT);
    }
}
