package io.mooncake4j.transfer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class LatencyBucketsTest {
    @Property
    void shouldBoundADurationTightlyWhenItIsBelowAMinute(
            @ForAll @LongRange(min = 1024, max = 60_000_000_000L) long nanos) {
        int bucket = LatencyBuckets.of(nanos);

        assertThat(nanos).isLessThan(LatencyBuckets.boundNanos(bucket));
        assertThat(nanos).isGreaterThanOrEqualTo(LatencyBuckets.boundNanos(bucket - 1));
        assertThat((double) LatencyBuckets.boundNanos(bucket) / nanos).isLessThanOrEqualTo(1.125);
    }

    @Test
    void shouldUseTheEndsWhenADurationIsTinyOrHuge() {
        assertThat(LatencyBuckets.of(-5)).isZero();
        assertThat(LatencyBuckets.of(0)).isZero();
        assertThat(LatencyBuckets.of(1023)).isZero();
        assertThat(LatencyBuckets.of(1024)).isOne();
        assertThat(LatencyBuckets.of(Long.MAX_VALUE)).isEqualTo(LatencyBuckets.COUNT - 1);
        assertThat(LatencyBuckets.of(LatencyBuckets.boundNanos(LatencyBuckets.COUNT - 1) - 1))
                .isEqualTo(LatencyBuckets.COUNT - 1);
    }
}
