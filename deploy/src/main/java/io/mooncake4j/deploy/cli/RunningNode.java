package io.mooncake4j.deploy.cli;

import io.mooncake4j.deploy.metrics.PrometheusPage;
import io.mooncake4j.node.NodeOptions;
import io.mooncake4j.node.StorageNode;
import io.mooncake4j.node.admin.NodeAdminServer;
import io.mooncake4j.node.metrics.NodeMetrics;

/** A storage node and what it tells over HTTP, until it has left. */
record RunningNode(StorageNode node, NodeAdminServer admin, PrometheusPage metrics) implements AutoCloseable {
    /** @param adminHost empty: where the node listens */
    static RunningNode start(NodeOptions options, String adminHost, int adminPort) {
        StorageNode node = StorageNode.start(options);
        NodeMetrics metrics = new NodeMetrics(node.status());
        PrometheusPage page = new PrometheusPage(metrics, metrics, () -> "");
        try {
            String host = adminHost.isEmpty() ? node.bindHost() : adminHost;
            return new RunningNode(node, NodeAdminServer.start(host, adminPort, node.status(), page), page);
        } catch (RuntimeException e) {
            page.close();
            node.close();
            throw e;
        }
    }

    @Override
    public void close() {
        node.close();
        admin.close();
        metrics.close();
    }
}
