package io.mooncake4j.client;

import io.mooncake4j.transfer.engine.Transport;
import io.mooncake4j.transfer.tcp.TcpTransport;
import io.mooncake4j.transfer.tcp.TcpTransportOptions;
import java.time.Duration;
import java.util.List;

/** The transports of a client, most preferred first: the one place that names them. */
final class ClientWiring {
    private ClientWiring() {}

    static List<Transport> transports(int tcpConnectionsPerNode, Duration connectTimeout) {
        TcpTransportOptions tcp = new TcpTransportOptions(
                tcpConnectionsPerNode, connectTimeout, TcpTransportOptions.DEFAULT.sliceBytes());
        return List.of(new TcpTransport(tcp));
    }
}
