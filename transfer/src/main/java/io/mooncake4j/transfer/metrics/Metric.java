package io.mooncake4j.transfer.metrics;

import java.util.List;

/**
 * The one declaration of a metric.
 *
 * @param name as Micrometer's names are: lower case, with dots, without unit
 * @param unit seconds, bytes or empty
 * @param tags the keys; their values are few, whatever clients do
 */
public record Metric(Kind kind, String name, String unit, String description, List<String> tags) {
    /** How its value moves. */
    public enum Kind {
        GAUGE,
        COUNTER,
        HISTOGRAM
    }

    public static Metric gauge(String name, String unit, String description, String... tags) {
        return new Metric(Kind.GAUGE, name, unit, description, List.of(tags));
    }

    public static Metric counter(String name, String unit, String description, String... tags) {
        return new Metric(Kind.COUNTER, name, unit, description, List.of(tags));
    }

    public static Metric histogram(String name, String unit, String description, String... tags) {
        return new Metric(Kind.HISTOGRAM, name, unit, description, List.of(tags));
    }

    /** As Prometheus shows it; a histogram's series have more behind it. */
    public String prometheusName() {
        String plain = name.replace('.', '_');
        String withUnit = unit.isEmpty() || plain.endsWith("_" + unit) ? plain : plain + "_" + unit;
        return kind == Kind.COUNTER ? withUnit + "_total" : withUnit;
    }
}
