package io.mooncake4j.transfer.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.mooncake4j.transfer.metrics.Metric;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Registers metrics by their declarations. What is read for them is kept as long as the registry lives.
 *
 * @param tags for all of them
 */
public record MeterBook(MeterRegistry registry, Tags tags) {
    public MeterBook(MeterRegistry registry) {
        this(registry, Tags.empty());
    }

    /**
     * Registers a gauge, or one row of it.
     *
     * @param values of the metric's tags, in their order
     */
    public void gauge(Metric metric, DoubleSupplier value, String... values) {
        Gauge.builder(metric.name(), value::getAsDouble)
                .description(metric.description())
                .baseUnit(unit(metric))
                .tags(tags(metric, values))
                .register(registry);
    }

    /**
     * Registers a counter, or one row of it.
     *
     * @param values of the metric's tags, in their order
     */
    public void counter(Metric metric, DoubleSupplier value, String... values) {
        // the registry keeps its object by a weak reference, and the function that closes over it by a strong one
        FunctionCounter.builder(metric.name(), registry, kept -> value.getAsDouble())
                .description(metric.description())
                .baseUnit(unit(metric))
                .tags(tags(metric, values))
                .register(registry);
    }

    /** Gauges whose rows come and go. */
    public MultiGauge rows(Metric metric) {
        return MultiGauge.builder(metric.name())
                .description(metric.description())
                .baseUnit(unit(metric))
                .tags(tags)
                .register(registry);
    }

    private static @Nullable String unit(Metric metric) {
        return metric.unit().isEmpty() ? null : metric.unit();
    }

    private Tags tags(Metric metric, String... values) {
        Tags own = tags;
        for (int i = 0; i < values.length; i++) {
            own = own.and(metric.tags().get(i), values[i]);
        }
        return own;
    }
}
