package io.mooncake4j.node;

import io.mooncake4j.transfer.memory.Regions;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.tcp.TcpDataServer;
import io.mooncake4j.transfer.tcp.TcpServerOptions;
import java.io.IOException;

/** Starts the transports by which a node serves its memory. */
final class NodeWiring {
    /** The running transports of one incarnation of the memory. */
    record DataSide(int port, Runnable stop) {}

    private NodeWiring() {}

    static DataSide serve(String bindHost, int port, Regions regions, NodeProtocol protocol, AccessHook hook)
            throws IOException {
        TcpDataServer tcp = TcpDataServer.start(
                TcpServerOptions.of(bindHost, port), regions, protocol.gate(), protocol.sessions(), hook);
        return new DataSide(tcp.port(), tcp::close);
    }
}
