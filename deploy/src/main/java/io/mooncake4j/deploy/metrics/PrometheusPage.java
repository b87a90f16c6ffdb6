package io.mooncake4j.deploy.metrics;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.mooncake4j.transfer.metrics.HistogramFamily;
import io.mooncake4j.transfer.metrics.MetricSource;
import java.util.List;
import java.util.function.Supplier;

/** All metrics of one process: its own and the JVM's. Safe for all threads. */
public final class PrometheusPage implements Supplier<String>, AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final MetricSource source;
    private final Supplier<String> appendix;
    private final JvmGcMetrics pauses = new JvmGcMetrics();

    /**
     * @param binder the source's other metrics
     * @param appendix more lines in Prometheus' text format
     */
    public PrometheusPage(MetricSource source, MeterBinder binder, Supplier<String> appendix) {
        this.source = source;
        this.appendix = appendix;
        binder.bindTo(registry);
        for (HistogramFamily family : source.histograms()) {
            registry.getPrometheusRegistry().register(new HistogramCollector(family));
        }
        List.of(
                        pauses,
                        new JvmMemoryMetrics(),
                        new JvmThreadMetrics(),
                        new ProcessorMetrics(),
                        new FileDescriptorMetrics(),
                        new UptimeMetrics())
                .forEach(jvm -> jvm.bindTo(registry));
    }

    /** In Prometheus' text format. */
    @Override
    public String get() {
        source.refresh();
        return registry.scrape() + appendix.get();
    }

    @Override
    public void close() {
        pauses.close();
        registry.close();
    }
}
