package io.mooncake4j.transfer.metrics;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts by those names that are worth telling apart, and all others together. Safe for all threads. */
public final class NamedCounts {
    /** For what has none of the names. */
    public static final String OTHER = "other";

    private final Map<String, LongAdder> counts = new LinkedHashMap<>();
    private final LongAdder other = new LongAdder();

    public NamedCounts(String... names) {
        Arrays.stream(names).forEach(name -> counts.put(name, new LongAdder()));
        counts.put(OTHER, other);
    }

    public void count(String name) {
        counts.getOrDefault(name, other).increment();
    }

    /** All of them, with {@link #OTHER}; in their order. */
    public Map<String, LongAdder> byName() {
        return counts;
    }
}
