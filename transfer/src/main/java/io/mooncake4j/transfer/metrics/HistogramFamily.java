package io.mooncake4j.transfer.metrics;

import java.util.List;
import java.util.Map;

/**
 * The histograms of one metric, told apart by tags. Libraries of metrics have histograms that they fill themselves; these
 * are filled without one, and only read.
 */
public record HistogramFamily(Metric metric, List<Row> rows) {
    /** One of them, with the values of the tags in the order of their keys. */
    public record Row(List<String> values, Distribution distribution) {}

    /** A single one. */
    public static HistogramFamily of(Metric metric, Distribution distribution) {
        return new HistogramFamily(metric, List.of(new Row(List.of(), distribution)));
    }

    /** One for each value of the only tag. */
    public static HistogramFamily of(Metric metric, Map<String, ? extends Distribution> byValue) {
        return new HistogramFamily(
                metric,
                byValue.entrySet().stream()
                        .map(row -> new Row(List.of(row.getKey()), row.getValue()))
                        .toList());
    }
}
