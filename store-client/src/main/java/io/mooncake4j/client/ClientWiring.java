package io.mooncake4j.client;

import io.mooncake4j.transfer.engine.Transport;
import io.mooncake4j.transfer.memory.BufferPool;
import io.mooncake4j.transfer.metrics.RdmaMeters;
import io.mooncake4j.transfer.rdma.RdmaAvailability;
import io.mooncake4j.transfer.rdma.RdmaOptions;
import io.mooncake4j.transfer.rdma.RdmaTransport;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.tcp.TcpTransport;
import io.mooncake4j.transfer.tcp.TcpTransportOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The transports of a client, most preferred first: the one place that names them. */
final class ClientWiring {
    private ClientWiring() {}

    /**
     * @param rdma null: not to be used
     * @param pool whose buffers move without a copy
     * @param meters of RDMA
     */
    static List<Transport> transports(
            int tcpConnectionsPerNode,
            Duration connectTimeout,
            @Nullable RdmaOptions rdma,
            Supplier<BufferPool> pool,
            SafetyRules rules,
            RdmaMeters meters) {
        List<Transport> transports = new ArrayList<>();
        if (rdma != null) {
            meters.missing(() -> true); // until there is a transport, which knows
            RdmaAvailability.open(rdma)
                    .ifPresent(device -> transports.add(new RdmaTransport(device, rdma, pool, rules, meters)));
        }
        transports.add(new TcpTransport(new TcpTransportOptions(
                tcpConnectionsPerNode, connectTimeout, TcpTransportOptions.DEFAULT.sliceBytes())));
        return List.copyOf(transports);
    }
}
