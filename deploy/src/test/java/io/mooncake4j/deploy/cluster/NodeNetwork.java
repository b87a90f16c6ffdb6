package io.mooncake4j.deploy.cluster;

import io.mooncake4j.node.NodeOptions;
import io.mooncake4j.transfer.rdma.RdmaOptions;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * How nodes of a test are reached.
 *
 * @param rdmaDevice empty: none, TCP alone
 */
public record NodeNetwork(String host, String rdmaDevice) {
    public static final NodeNetwork LOOPBACK = new NodeNetwork("127.0.0.1", "");

    NodeOptions.Builder of(NodeOptions.Builder options) {
        options.host(host).bindHost(host);
        if (!rdmaDevice.isEmpty()) {
            options.rdma(RdmaOptions.DEFAULT.withDevices(List.of(rdmaDevice)));
        }
        return options;
    }

    /** What JVMs that this one starts need for RDMA, and to start fast in an emulated machine, if it has that itself. */
    static List<String> flagsOfThisJvm() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.matches(
                        "--add-exports=.*|-Djava[.]library[.]path=.*|-XX:SharedArchiveFile=.*|-XX:CompileThreshold.*"))
                .toList();
    }
}
