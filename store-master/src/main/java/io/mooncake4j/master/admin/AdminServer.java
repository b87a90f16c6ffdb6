package io.mooncake4j.master.admin;

import io.mooncake4j.master.service.MasterStatus;
import io.mooncake4j.transfer.http.HttpAnswer;
import io.mooncake4j.transfer.http.HttpRoutes;
import io.mooncake4j.transfer.http.HttpServer;
import io.mooncake4j.transfer.http.HttpServerOptions;
import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Administration of one master over HTTP, whether it leads or not. */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

    private final HttpServer http;
    private final ScheduledExecutorService timer;
    private final StandbyReport report;

    private AdminServer(HttpServer http, ScheduledExecutorService timer, StandbyReport report) {
        this.http = http;
        this.timer = timer;
        this.report = report;
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
        StandbyReport report = new StandbyReport(status);
        History history = new History(status);
        new StatusPage(status, history, report).addTo(routes);
        HttpServer http =
                HttpServer.start(HttpServerOptions.of(options.bindHost(), options.port(), "--admin-port"), routes);
        LOG.info("administration over HTTP at {}:{}", options.bindHost(), http.port());
        report.adminIs(http.port());
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "admin-timer");
            thread.setDaemon(true);
            return thread;
        });
        every(timer, History.EVERY, () -> history.look(System.nanoTime()));
        every(timer, StandbyReport.EVERY, report::tell);
        return new AdminServer(http, timer, report);
    }

    private static void every(ScheduledExecutorService timer, Duration period, Runnable work) {
        ScheduledFuture<?> unused = timer.scheduleWithFixedDelay(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException e) {
                        LOG.error("background work of administration failed; it is tried again", e);
                    }
                },
                0,
                period.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    public int port() {
        return http.port();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        report.close();
        http.close();
    }
}
