package io.mooncake4j.deploy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mooncake4j.client.ClientMetric;
import io.mooncake4j.client.KvBuffer;
import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.MooncakeClientMetrics;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.transfer.metrics.Metric;
import io.mooncake4j.transfer.metrics.RdmaMetric;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The SDK's metrics in a registry of the application's. */
class ClientMetricsTest {
    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private MooncakeClient client;

    @BeforeEach
    void start() {
        cluster.start(ClusterPlan.DEFAULT);
        client = cluster.client(true);
        new MooncakeClientMetrics(client, List.of(Tag.of("app", "test"))).bindTo(registry);
    }

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).functionCounter().count();
    }

    @Test
    void shouldBindEveryMetricAsItIsDeclaredAndNoOtherWhenBound() {
        client.put("a", new byte[10]);
        client.get("a");

        List<Metric> all = Stream.concat(
                        Arrays.stream(ClientMetric.values()).map(ClientMetric::metric),
                        Arrays.stream(RdmaMetric.values()).map(RdmaMetric::metric))
                .toList();
        for (Metric metric : all) {
            Set<String> keys = new HashSet<>(metric.tags());
            keys.add("app");
            assertThat(registry.get(metric.name()).meters()).isNotEmpty().allSatisfy(meter -> {
                assertThat(meter.getId().getTags().stream().map(Tag::getKey).collect(Collectors.toSet()))
                        .as(metric.name())
                        .isEqualTo(keys);
                assertThat(meter.getId().getType()).isEqualTo(typeOf(metric));
            });
        }
        assertThat(registry.getMeters().stream()
                        .map(meter -> meter.getId().getName())
                        .collect(Collectors.toSet()))
                .isEqualTo(all.stream().map(Metric::name).collect(Collectors.toSet()));
    }

    private static Meter.Type typeOf(Metric metric) {
        return switch (metric.kind()) {
            case GAUGE -> Meter.Type.GAUGE;
            case COUNTER -> Meter.Type.COUNTER;
            case HISTOGRAM -> Meter.Type.TIMER;
        };
    }

    @Test
    void shouldCountAndTimeWhatItDoesWhenCallsAreMade() {
        client.put("a", new byte[5000]);
        client.get("a");
        client.get("nothing");
        client.existsBatch(List.of("a", "b", "c"));
        client.remove("a");

        assertThat(count("mooncake4j.client.keys", "operation", "put", "result", "ok"))
                .isEqualTo(1);
        assertThat(count("mooncake4j.client.keys", "operation", "get", "result", "ok"))
                .isEqualTo(1);
        assertThat(count("mooncake4j.client.keys", "operation", "get", "result", "miss"))
                .isEqualTo(1);
        assertThat(count("mooncake4j.client.keys", "operation", "exists", "result", "miss"))
                .isEqualTo(2);
        assertThat(count("mooncake4j.client.keys", "operation", "remove", "result", "ok"))
                .isEqualTo(1);
        assertThat(count("mooncake4j.client.transferred", "transport", "tcp", "direction", "write"))
                .isEqualTo(5000);
        assertThat(count("mooncake4j.client.transferred", "transport", "tcp", "direction", "read"))
                .isEqualTo(5000);
        assertThat(registry.get("mooncake4j.client.operation")
                        .tags("operation", "get", "outcome", "ok")
                        .timer()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("mooncake4j.client.transfer")
                        .tags("direction", "write")
                        .timer()
                        .totalTime(TimeUnit.NANOSECONDS))
                .isPositive();
    }

    @Test
    void shouldShowWhatIsLeasedWhenABufferIsOut() {
        try (KvBuffer buffer = client.lease(10_000)) {
            assertThat(buffer.byteBuffer().remaining()).isEqualTo(10_000);
            assertThat(registry.get("mooncake4j.client.pool.used").gauge().value())
                    .isEqualTo(16_384);
        }
        assertThat(registry.get("mooncake4j.client.pool.used").gauge().value()).isZero();
        assertThat(registry.get("mooncake4j.client.pool.capacity").gauge().value())
                .isEqualTo(16 << 20);
    }

    @Test
    void shouldSayThatItFailedWhenTheValueIsTooLarge() {
        assertThat(client.putBatch(List.of(KvEntry.of("a", new byte[9 << 20])))
                        .get(0)
                        .succeeded())
                .isFalse();

        assertThat(count("mooncake4j.client.keys", "operation", "put", "result", "error"))
                .isEqualTo(1);
        assertThat(registry.get("mooncake4j.client.operation")
                        .tags("operation", "put", "outcome", "error")
                        .timer()
                        .count())
                .isEqualTo(1);
    }
}
