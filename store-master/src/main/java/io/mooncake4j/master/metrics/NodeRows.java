package io.mooncake4j.master.metrics;

import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.transfer.metrics.Metric;
import io.mooncake4j.transfer.micrometer.MeterBook;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What there is of each node: rows that come and go with the nodes. For one thread at a time. */
final class NodeRows {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final List<MasterMetric> METRICS = List.of(
            MasterMetric.CAPACITY,
            MasterMetric.USED,
            MasterMetric.FREEING,
            MasterMetric.LARGEST_FREE,
            MasterMetric.NODE_SILENCE,
            MasterMetric.NODES);

    private final Map<MasterMetric, MultiGauge> gauges = new EnumMap<>(MasterMetric.class);
    private final Map<MasterMetric, List<MultiGauge.Row<?>>> rows = new EnumMap<>(MasterMetric.class);

    NodeRows(MeterBook book) {
        METRICS.forEach(metric -> gauges.put(metric, book.rows(metric.metric())));
    }

    /** @param core the leader's state; null on a standby, which has no rows */
    void refresh(@Nullable MasterCore core, long nowNanos) {
        METRICS.forEach(metric -> rows.put(metric, new ArrayList<>()));
        if (core != null) {
            Map<Segment.State, Integer> states = new EnumMap<>(Segment.State.class);
            for (Segment segment : core.segmentTable().all()) {
                states.merge(segment.state(), 1, Integer::sum);
                add(segment, nowNanos);
            }
            for (Segment.State state : List.of(Segment.State.OK, Segment.State.SUSPECT, Segment.State.OFFLINE)) {
                row(MasterMetric.NODES, states.getOrDefault(state, 0), MasterMetrics.tag(state));
            }
        }
        // of two nodes of one name only the first has rows: names are the operators' business
        gauges.forEach((metric, gauge) -> gauge.register(rows.getOrDefault(metric, List.of()), true));
    }

    private void add(Segment segment, long nowNanos) {
        String node = segment.name();
        row(MasterMetric.CAPACITY, segment.sizeBytes(), node);
        row(MasterMetric.USED, segment.usedBytes(), node);
        row(MasterMetric.FREEING, segment.heldOffBytes(), node, "lease");
        row(MasterMetric.FREEING, segment.quarantinedBytes(), node, "writer");
        row(MasterMetric.LARGEST_FREE, segment.largestFreeBytes(), node);
        row(MasterMetric.NODE_SILENCE, Math.max(0, segment.silentNanos(nowNanos)) / NANOS, node);
    }

    private void row(MasterMetric declared, Number value, String... values) {
        Metric metric = declared.metric();
        Tags tags = Tags.empty();
        for (int i = 0; i < values.length; i++) {
            tags = tags.and(metric.tags().get(i), values[i]);
        }
        rows.computeIfAbsent(declared, unused -> new ArrayList<>()).add(MultiGauge.Row.of(tags, value));
    }
}
