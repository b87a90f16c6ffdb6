package io.mooncake4j.deploy.cli;

import io.mooncake4j.deploy.metrics.PrometheusPage;
import io.mooncake4j.master.admin.AdminOptions;
import io.mooncake4j.master.admin.AdminServer;
import io.mooncake4j.master.metrics.MasterMetrics;
import io.mooncake4j.master.metrics.MooncakeNames;
import io.mooncake4j.master.service.MasterOptions;
import io.mooncake4j.master.service.MasterServer;
import java.util.function.Supplier;

/** A master and its administration, which is there until the master has handed over. */
record RunningMaster(MasterServer server, AdminServer admin, PrometheusPage metrics) implements AutoCloseable {
    static RunningMaster start(MasterOptions options, AdminOptions adminOptions, boolean mooncakeNames) {
        MasterServer server = MasterServer.start(options);
        MasterMetrics metrics = new MasterMetrics(server.status());
        Supplier<String> besides = mooncakeNames ? new MooncakeNames(server.status())::text : () -> "";
        PrometheusPage page = new PrometheusPage(metrics, metrics, besides);
        try {
            return new RunningMaster(server, AdminServer.start(adminOptions, server.status(), page), page);
        } catch (RuntimeException e) {
            page.close();
            server.close();
            throw e;
        }
    }

    @Override
    public void close() {
        server.close();
        admin.close();
        metrics.close();
    }
}
