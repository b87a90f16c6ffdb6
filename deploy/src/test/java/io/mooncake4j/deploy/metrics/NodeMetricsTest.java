package io.mooncake4j.deploy.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.node.metrics.NodeMetric;
import io.mooncake4j.node.metrics.NodeMetrics;
import io.mooncake4j.transfer.metrics.RdmaMetric;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NodeMetricsTest {
    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    private PrometheusPage page;

    @BeforeEach
    void start() {
        cluster.start(ClusterPlan.DEFAULT.withNodes(1, 8 << 20, 2 << 20));
        NodeMetrics metrics = new NodeMetrics(cluster.node(0).status());
        page = new PrometheusPage(metrics, metrics, () -> "");
    }

    @AfterEach
    void close() {
        page.close();
    }

    private Scrape scrape() {
        return new Scrape(page.get());
    }

    @Test
    void shouldShowEveryMetricAsItIsDeclaredAndNoOtherWhenScraped() {
        scrape().assertShows("mooncake4j_node_", NodeMetric.values(), NodeMetric::metric);
        scrape().assertShows("mooncake4j_rdma_", RdmaMetric.values(), RdmaMetric::metric);
    }

    @Test
    void shouldCountWhatClientsMoveWhenTheyPutAndGet() {
        MooncakeClient client = cluster.client(true);
        client.put("a", new byte[100_000]);
        client.get("a");
        client.get("a");

        await().untilAsserted(() -> {
            Scrape scrape = scrape();
            assertThat(scrape.value("mooncake4j_node_transfer_bytes_total", "transport", "tcp", "direction", "write"))
                    .isEqualTo(100_000);
            assertThat(scrape.value("mooncake4j_node_transfer_bytes_total", "transport", "tcp", "direction", "read"))
                    .isEqualTo(200_000);
            assertThat(scrape.value(
                            "mooncake4j_node_transfer_duration_seconds_count", "transport", "tcp", "direction", "read"))
                    .isEqualTo(2);
        });
        Scrape scrape = scrape();
        assertThat(scrape.value("mooncake4j_node_ready")).isEqualTo(1);
        assertThat(scrape.value("mooncake4j_node_epoch")).isEqualTo(1);
        assertThat(scrape.value("mooncake4j_node_capacity_bytes")).isEqualTo(8 << 20);
        assertThat(scrape.value("mooncake4j_node_sessions", "transport", "tcp")).isPositive();
        assertThat(scrape.value("mooncake4j_node_sessions", "transport", "rdma"))
                .isZero();
        assertThat(scrape.value("mooncake4j_rdma_missing")).isZero(); // nobody asked for it
        assertThat(scrape.value("mooncake4j_node_ping_duration_seconds_count")).isPositive();
    }

    @Test
    void shouldCountFailedPingsWhenTheMasterIsReplaced() {
        cluster.client(true).put("a", new byte[10]);
        cluster.replaceMaster();

        await().untilAsserted(() -> {
            Scrape scrape = scrape();
            assertThat(scrape.value("mooncake4j_node_ping_failures_total")).isPositive();
            // it returned empty, and whoever was connected was sent away
            assertThat(scrape.value("mooncake4j_node_sessions_cut_total")).isPositive();
            assertThat(scrape.value("mooncake4j_node_ready")).isEqualTo(1);
        });
    }
}
