package io.mooncake4j.deploy.metrics;

import io.mooncake4j.transfer.metrics.Distribution;
import io.mooncake4j.transfer.metrics.HistogramFamily;
import io.mooncake4j.transfer.metrics.Metric;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

/** Shows histograms that something else fills. Safe for all threads. */
final class HistogramCollector implements Collector {
    private final HistogramFamily family;

    HistogramCollector(HistogramFamily family) {
        this.family = family;
    }

    @Override
    public MetricSnapshot collect() {
        Metric metric = family.metric();
        HistogramSnapshot.Builder histogram =
                HistogramSnapshot.builder().name(metric.prometheusName()).help(metric.description());
        for (HistogramFamily.Row row : family.rows()) {
            Distribution distribution = row.distribution();
            histogram.dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder()
                    .labels(Labels.of(metric.tags(), row.values()))
                    .classicHistogramBuckets(buckets(distribution))
                    .sum(distribution.sum())
                    .build());
        }
        return histogram.build();
    }

    private static ClassicHistogramBuckets buckets(Distribution distribution) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        double[] bounds = distribution.bounds();
        long[] counts = distribution.counts();
        for (int i = 0; i < counts.length; i++) {
            buckets.bucket(i < bounds.length ? bounds[i] : Double.POSITIVE_INFINITY, counts[i]);
        }
        return buckets.build();
    }
}
