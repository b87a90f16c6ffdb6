package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.wire.LatencyBuckets;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.CallStats;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CallStatisticsTest {
    private static CallStatistics of(long... micros) {
        CallStats.Builder stats = CallStats.newBuilder()
                .setMethod(Method.EXISTS.number())
                .setAnswered(micros.length)
                .setKeys(micros.length * 10L)
                .setFailed(1);
        long[] buckets = new long[LatencyBuckets.COUNT];
        long nanos = 0;
        for (long one : micros) {
            buckets[LatencyBuckets.of(one * 1000)]++;
            nanos += one * 1000;
        }
        for (int i = 0; i <= LatencyBuckets.of(1_000_000_000); i++) {
            stats.addLatencyBuckets(buckets[i]);
        }
        return CallStatistics.of(stats.setNanos(nanos).build());
    }

    @Test
    void shouldTellMeanAndPercentilesWhenThereWereCalls() {
        CallStatistics calls = of(10, 20, 30, 40, 100_000);

        assertThat(calls.mean()).isEqualTo(Duration.ofNanos(20_020_000));
        assertThat(calls.percentile(50)).isBetween(Duration.ofNanos(30_000), Duration.ofNanos(33_750));
        assertThat(calls.percentile(80)).isBetween(Duration.ofNanos(40_000), Duration.ofNanos(45_000));
        assertThat(calls.percentile(99)).isBetween(Duration.ofMillis(100), Duration.ofNanos(112_500_000));
    }

    @Test
    void shouldCountOnlyTheLaterCallsWhenSubtracted() {
        CallStatistics since = of(10, 20, 500, 600, 700).since(of(10, 20));

        assertThat(since.answered()).isEqualTo(3);
        assertThat(since.keys()).isEqualTo(30);
        assertThat(since.failed()).isZero();
        assertThat(since.mean()).isEqualTo(Duration.ofNanos(600_000));
        assertThat(since.percentile(1)).isGreaterThanOrEqualTo(Duration.ofNanos(500_000));
        assertThat(of().percentile(50)).isZero();
        assertThat(of().mean()).isZero();
    }
}
