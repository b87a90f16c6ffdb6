package io.mooncake4j.node;

import io.mooncake4j.transfer.memory.Regions;
import io.mooncake4j.transfer.metrics.DataMeters;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.tcp.TcpDataServer;
import io.mooncake4j.transfer.tcp.TcpServerOptions;
import java.io.IOException;
import java.util.function.IntSupplier;

/** Starts the transports by which a node serves its memory. */
final class NodeWiring {
    /** The running transports of one incarnation of the memory. */
    record DataSide(int port, IntSupplier connections, Runnable stop) {}

    /** As metrics call it. */
    static final String TRANSPORT = "tcp";

    private NodeWiring() {}

    static DataSide serve(
            String bindHost, int port, Regions regions, NodeProtocol protocol, AccessHook hook, DataMeters meters)
            throws IOException {
        TcpDataServer tcp = TcpDataServer.start(
                TcpServerOptions.of(bindHost, port), regions, protocol.gate(), protocol.sessions(), hook, meters);
        return new DataSide(tcp.port(), tcp::connectionCount, tcp::close);
    }
}
