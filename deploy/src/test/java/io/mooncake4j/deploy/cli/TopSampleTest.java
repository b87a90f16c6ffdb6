package io.mooncake4j.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mooncake4j.client.CallStatistics;
import io.mooncake4j.client.ClusterStatus;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TopSampleTest {
    private static final UUID CLUSTER = new UUID(1, 2);

    /** A cluster after so many seconds of 100 puts of 1 MB, 50 hits and 150 misses a second. */
    private static ClusterStatus after(int seconds, UUID cluster) {
        return new ClusterStatus(
                cluster,
                1,
                List.of(new ClusterStatus.Segment(
                        new UUID(3, 4),
                        "n\u001b[31m",
                        "10.0.0.1",
                        50052,
                        ClusterStatus.State.OK,
                        1000L << 20,
                        250L << 20,
                        750L << 20,
                        1 << 20,
                        2 << 20,
                        Duration.ofMillis(500))),
                42,
                3,
                7L * seconds,
                7_000_000L * seconds,
                100L * seconds,
                50L * seconds,
                150L * seconds,
                0,
                5,
                100_000_000L * seconds,
                50_000_000L * seconds,
                List.of(new CallStatistics(
                        "GET_REPLICAS",
                        200L * seconds,
                        0,
                        200L * seconds,
                        Duration.ofMillis(2L * seconds),
                        List.of(200L * seconds))),
                Duration.ofSeconds(seconds),
                null);
    }

    private static ClusterStatus after(int seconds) {
        return after(seconds, CLUSTER);
    }

    @Test
    void shouldDivideByTheMastersTimeWhenItTellsRates() {
        TopSample sample = new TopSample(after(10), after(14), 1_000_000);

        assertThat(sample.interval()).isEqualTo(Duration.ofSeconds(4));
        assertThat(sample.perSecond(ClusterStatus::putsCommitted)).isCloseTo(100, within(1e-9));
        assertThat(sample.gets()).isEqualTo(800);
        assertThat(sample.hitRate()).isCloseTo(0.25, within(1e-9));
        assertThat(sample.call("GET_REPLICAS").answered()).isEqualTo(800);
        assertThat(sample.call("GET_REPLICAS").mean()).isEqualTo(Duration.ofNanos(10_000));
        assertThat(sample.call("REMOVE").answered()).isZero();
    }

    @Test
    void shouldNotCompareWhenTheMasterIsAnotherOne() {
        assertThat(TopSample.comparable(after(1), after(2))).isTrue();
        assertThat(TopSample.comparable(after(1), after(2, new UUID(9, 9)))).isFalse();
        assertThat(TopSample.comparable(after(2), after(1))).isFalse();
        assertThat(TopSample.comparable(after(2), after(2))).isFalse();
    }

    @Test
    void shouldShowEveryFigureWhenItFillsAScreen() {
        List<String> lines = TopView.screen(new TopSample(after(10), after(12), 1_500_000), "m:1");

        assertThat(String.join("\n", lines))
                .contains("master m:1   up 12 s   answers in 1.5 ms")
                .contains("1 ok, 0 suspect, 0 offline")
                .contains("250 MB of 1000 MB used (25.0 %), 3 MB of that becoming free")
                .contains("gets         200/s, hit rate 25.0%, 0.05 GB/s located")
                .contains("puts         100/s, 0.10 GB/s")
                .contains("evicted      7/s, 0.01 GB/s")
                .contains("5 puts lapsed, 0 sessions cut")
                .contains("n\\u001b[31m")
                .containsPattern("GET_REPLICAS +200 +200 +0 +10.0 µs +1.0 µs +1.0 µs");
        assertThat(TopView.line(new TopSample(after(10), after(12), 1)))
                .containsPattern("1 +25.0% +42 +200 +25.0% +0.05 +100 +0.10 +7 +1.0 µs +1.0 µs$")
                .hasSameSizeAs(TopView.lineHeader());
    }
}
