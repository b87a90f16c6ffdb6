package io.mooncake4j.node.admin;

import io.mooncake4j.node.NodeStatus;
import io.mooncake4j.transfer.http.HttpAnswer;
import io.mooncake4j.transfer.http.HttpRoutes;
import io.mooncake4j.transfer.http.HttpServer;
import io.mooncake4j.transfer.http.HttpServerOptions;
import io.mooncake4j.transfer.http.JsonText;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Health, readiness and metrics of one node over HTTP; nothing can be changed here. */
public final class NodeAdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeAdminServer.class);

    private final NodeStatus status;
    private final HttpServer http;

    private NodeAdminServer(String bindHost, int port, NodeStatus status, Supplier<String> metrics) {
        this.status = status;
        HttpRoutes routes = new HttpRoutes()
                .get("/metrics", request -> HttpAnswer.of(200, HttpAnswer.METRICS, metrics.get()))
                .get("/metrics/summary", request -> HttpAnswer.text(200, summary()))
                // of the process alone: a node without a master is none that a restart would help
                .getQuickly("/health", request -> HttpAnswer.json(200, state()))
                .getQuickly("/ready", request -> HttpAnswer.json(status.isReady() ? 200 : 503, state()));
        this.http = HttpServer.start(HttpServerOptions.of(bindHost, port, "--node-admin-port"), routes);
        LOG.info("administration over HTTP at {}:{}", bindHost, http.port());
    }

    /**
     * Binds and serves.
     *
     * @param port 0 for any that is free
     * @param metrics all metrics of the process, in Prometheus' text format
     * @throws StoreException INVALID_PARAMS if the port is taken
     */
    public static NodeAdminServer start(String bindHost, int port, NodeStatus status, Supplier<String> metrics) {
        return new NodeAdminServer(bindHost, port, status, metrics);
    }

    public int port() {
        return http.port();
    }

    private JsonText state() {
        return new JsonText()
                .beginObject()
                .field("status", "ok")
                .field("ready", status.isReady())
                .field("epoch", status.epoch())
                .endObject();
    }

    private String summary() {
        return "ready: " + status.isReady() + ", epoch " + status.epoch() + "\nmemory: " + status.capacityBytes()
                + " bytes lent\nread from here: " + status.data().read().bytes() + " bytes\nwritten to here: "
                + status.data().written().bytes() + " bytes\nsessions: "
                + status.tcpSessions() + " by TCP, "
                + status.rdmaSessions() + " by RDMA, cut " + status.sessionsCut()
                + "\npings without an answer: " + status.pingFailures()
                + "\nreplica checks: " + status.checks().intact() + " intact, "
                + status.checks().corrupt() + " corrupt\n";
    }

    @Override
    public void close() {
        http.close();
    }
}
