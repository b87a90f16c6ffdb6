package io.mooncake4j.master.admin;

import io.mooncake4j.master.service.MasterStatus;
import io.mooncake4j.transfer.http.HttpAnswer;
import io.mooncake4j.transfer.http.HttpRoutes;
import io.mooncake4j.transfer.http.HttpServer;
import io.mooncake4j.transfer.http.HttpServerOptions;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Administration of one master over HTTP, whether it leads or not. */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

    private final HttpServer http;

    private AdminServer(HttpServer http) {
        this.http = http;
    }

    /**
     * Binds and serves.
     *
     * @param metrics all metrics of the process, in Prometheus' text format
     * @throws StoreException INVALID_PARAMS if the port is taken
     */
    public static AdminServer start(AdminOptions options, MasterStatus status, Supplier<String> metrics) {
        LeaderPages pages = new LeaderPages(status);
        HttpRoutes routes = new HttpRoutes();
        routes.get("/metrics", request -> HttpAnswer.of(200, HttpAnswer.METRICS, metrics.get()));
        new HealthPages(status).addTo(routes);
        new KeyPages(pages).addTo(routes);
        new SegmentPages(pages).addTo(routes);
        new RemovalPage(pages, new AdminGuard(options.token())).addTo(routes);
        HttpServer http =
                HttpServer.start(HttpServerOptions.of(options.bindHost(), options.port(), "--admin-port"), routes);
        LOG.info("administration over HTTP at {}:{}", options.bindHost(), http.port());
        return new AdminServer(http);
    }

    public int port() {
        return http.port();
    }

    @Override
    public void close() {
        http.close();
    }
}
