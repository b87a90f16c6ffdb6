package io.mooncake4j.deploy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.metrics.Metric;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Metrics of one moment, read from Prometheus' text format; strictly. */
public final class Scrape {
    private static final Pattern SAMPLE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? ([-+0-9.eE]+|NaN|[-+]Inf)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"(?:,|$)");

    private final Map<String, String> types = new TreeMap<>();
    private final Map<String, Double> samples = new LinkedHashMap<>();
    private final Map<String, Set<String>> labels = new TreeMap<>();

    public Scrape(String text) {
        text.lines().forEach(this::read);
    }

    private void read(String line) {
        if (line.startsWith("# TYPE ")) {
            String[] words = line.split(" ");
            if (types.put(words[2], words[3]) != null) {
                throw new AssertionError("declared twice: " + line);
            }
            return;
        }
        if (line.startsWith("# HELP ")) {
            return;
        }
        Matcher sample = SAMPLE.matcher(line);
        if (!sample.matches()) {
            throw new AssertionError("not Prometheus' text format: " + line);
        }
        Map<String, String> named = new TreeMap<>();
        Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
        while (label.find()) {
            named.put(label.group(1), label.group(2));
        }
        if (samples.put(sample.group(1) + named, number(sample.group(3))) != null) {
            throw new AssertionError("twice: " + line);
        }
        labels.computeIfAbsent(family(sample.group(1)), unused -> new TreeSet<>())
                .addAll(named.keySet());
    }

    private static double number(String text) {
        return Double.parseDouble(text.replace("Inf", "Infinity"));
    }

    private String family(String series) {
        String family = series.replaceFirst("_(bucket|sum|count)$", "");
        return types.getOrDefault(family, "").equals("histogram") ? family : series;
    }

    /** Fails unless what begins so is what is declared: all of it, with these tags, and nothing else. */
    public <T> void assertShows(String prefix, T[] declared, Function<T, Metric> metricOf) {
        Set<String> names = new TreeSet<>();
        for (T each : declared) {
            Metric metric = metricOf.apply(each);
            String name = metric.prometheusName();
            names.add(name);
            Set<String> keys = new TreeSet<>(metric.tags());
            if (metric.kind() == Metric.Kind.HISTOGRAM) {
                keys.add("le");
            }
            assertThat(types).containsEntry(name, metric.kind().name().toLowerCase(Locale.ROOT));
            assertThat(labelsOf(name)).as(name).isEqualTo(keys);
        }
        assertThat(types.keySet()).filteredOn(name -> name.startsWith(prefix)).hasSameElementsAs(names);
    }

    /** Names with their types. */
    public Map<String, String> types() {
        return types;
    }

    /** The keys that samples of the metric have, le included. */
    public Set<String> labelsOf(String name) {
        return labels.getOrDefault(name, Set.of());
    }

    /**
     * Of one series, which must be there.
     *
     * @param labelsAndValues in turn
     */
    public double value(String series, String... labelsAndValues) {
        Map<String, String> named = new TreeMap<>();
        for (int i = 0; i < labelsAndValues.length; i += 2) {
            named.put(labelsAndValues[i], labelsAndValues[i + 1]);
        }
        Double value = samples.get(series + named);
        if (value == null) {
            throw new AssertionError("there is no " + series + named);
        }
        return value;
    }

    public boolean has(String series) {
        return samples.keySet().stream().anyMatch(sample -> sample.startsWith(series + "{"));
    }
}
