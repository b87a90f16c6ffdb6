package io.mooncake4j.transfer.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class HistogramsTest {
    @Property
    void shouldCountEachOnceBelowItsBoundWhenDurationsAreRecorded(
            @ForAll @LongRange(min = 0, max = 100_000_000_000L) long nanos) {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.record(nanos);

        long[] counts = histogram.counts();
        double[] bounds = histogram.bounds();
        assertThat(Arrays.stream(counts).sum()).isOne();
        int bucket = 0;
        while (counts[bucket] == 0) {
            bucket++;
        }
        // a class of durations ends before its bound, where the one of the told histogram may begin
        if (bucket < bounds.length) {
            assertThat(nanos).isLessThan(Math.round(bounds[bucket] * 1e9));
        }
        if (bucket > 0) {
            assertThat(nanos).isGreaterThanOrEqualTo(Math.round(bounds[bucket - 1] * 1e9));
        }
        assertThat(histogram.sum()).isEqualTo(nanos / 1e9);
    }

    @Test
    void shouldCountUpToTheBoundWhenSizesAreRecorded() {
        SizeHistogram sizes = new SizeHistogram(10, 100);
        sizes.record(10);
        sizes.record(11);
        sizes.record(1000);
        SizeHistogram other = new SizeHistogram(10, 100);
        other.record(100);
        sizes.add(other);

        assertThat(sizes.counts()).containsExactly(1, 2, 1);
        assertThat(sizes.sum()).isEqualTo(1121);
    }

    @Test
    void shouldFollowPrometheusWhenAMetricIsNamed() {
        assertThat(Metric.counter("a.b.put", "bytes", "").prometheusName()).isEqualTo("a_b_put_bytes_total");
        assertThat(Metric.counter("a.puts", "", "").prometheusName()).isEqualTo("a_puts_total");
        assertThat(Metric.gauge("a.lag", "seconds", "").prometheusName()).isEqualTo("a_lag_seconds");
    }
}
