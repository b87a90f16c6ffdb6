package io.mooncake4j.node;

import io.mooncake4j.transfer.memory.Regions;
import io.mooncake4j.transfer.rdma.RdmaAvailability;
import io.mooncake4j.transfer.rdma.RdmaNode;
import io.mooncake4j.transfer.rdma.RdmaOptions;
import io.mooncake4j.transfer.server.DirectAccess;
import io.mooncake4j.transfer.tcp.TcpDataServer;
import io.mooncake4j.transfer.tcp.TcpServerOptions;
import java.io.IOException;
import java.util.Optional;
import java.util.function.IntSupplier;

/** Starts the transports by which a node serves its memory. */
final class NodeWiring {
    /**
     * The running transports of one incarnation of the memory.
     *
     * @param transports for people
     */
    record DataSide(
            int port,
            String transports,
            boolean rdma,
            IntSupplier connections,
            IntSupplier rdmaSessions,
            Runnable stop) {}

    private NodeWiring() {}

    static DataSide serve(
            NodeOptions options, String bindHost, int port, Regions regions, NodeProtocol protocol, NodeMeters meters)
            throws IOException {
        RdmaOptions wanted = options.rdma;
        meters.rdma().missing(() -> wanted != null); // until it runs, and knows
        Optional<RdmaNode> rdma = wanted == null
                ? Optional.empty()
                : RdmaAvailability.orTcp(() -> RdmaNode.start(wanted, regions, meters.rdma()));
        DirectAccess direct = rdma.<DirectAccess>map(node -> node)
                .orElseGet(() -> DirectAccess.none(
                        wanted == null
                                ? "RDMA is off at this node; start it with --protocol rdma"
                                : "RDMA is off at this node; its log says why"));
        boolean started = false;
        try {
            TcpDataServer tcp = TcpDataServer.start(
                    TcpServerOptions.of(bindHost, port),
                    regions,
                    protocol.gate(),
                    protocol.sessions(),
                    options.hook,
                    direct,
                    meters.data());
            started = true;
            String transports =
                    rdma.map(node -> "TCP and RDMA over " + node.deviceText()).orElse("TCP");
            IntSupplier rdmaSessions = () -> rdma.map(RdmaNode::sessions).orElse(0);
            return new DataSide(tcp.port(), transports, rdma.isPresent(), tcp::connectionCount, rdmaSessions, () -> {
                tcp.close();
                rdma.ifPresent(RdmaNode::close); // after the sessions, whose passages it serves
            });
        } finally {
            if (!started) {
                rdma.ifPresent(RdmaNode::close);
            }
        }
    }
}
