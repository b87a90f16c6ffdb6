package io.mooncake4j.deploy.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutOptions;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.master.metrics.MasterMetric;
import io.mooncake4j.master.metrics.MasterMetrics;
import io.mooncake4j.master.metrics.MooncakeNames;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MasterMetricsTest {
    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    private PrometheusPage page;

    private MooncakeClient start(ClusterPlan plan) {
        cluster.start(plan);
        MasterMetrics metrics = new MasterMetrics(cluster.status());
        page = new PrometheusPage(metrics, metrics, new MooncakeNames(cluster.status())::text);
        return cluster.client(true);
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
        start(ClusterPlan.DEFAULT);
        scrape().assertShows("mooncake4j_", MasterMetric.values(), MasterMetric::metric);
    }

    @Test
    void shouldCountWhatHappenedWhenValuesArePutAndRead() {
        MooncakeClient client = start(ClusterPlan.DEFAULT);
        for (int i = 0; i < 10; i++) {
            client.put("k" + i, new byte[5000]);
        }
        client.get("k0");
        client.get("nothing");
        client.remove("k9");
        Scrape scrape = scrape();

        assertThat(scrape.value("mooncake4j_store_objects")).isEqualTo(9);
        assertThat(scrape.value("mooncake4j_store_puts_total")).isEqualTo(10);
        assertThat(scrape.value("mooncake4j_store_put_bytes_total")).isEqualTo(50_000);
        assertThat(scrape.value("mooncake4j_store_value_size_bytes_bucket", "le", "4096.0"))
                .isZero();
        assertThat(scrape.value("mooncake4j_store_value_size_bytes_bucket", "le", "65536.0"))
                .isEqualTo(10);
        assertThat(scrape.value("mooncake4j_store_value_size_bytes_sum")).isEqualTo(50_000);
        assertThat(scrape.value("mooncake4j_store_gets_total", "result", "hit")).isEqualTo(1);
        assertThat(scrape.value("mooncake4j_store_gets_total", "result", "miss"))
                .isEqualTo(1);
        assertThat(scrape.value("mooncake4j_store_read_leases_total")).isEqualTo(1);
        assertThat(scrape.value("mooncake4j_master_request_duration_seconds_count", "operation", "put_start"))
                .isEqualTo(10);
        assertThat(scrape.value("mooncake4j_master_request_keys_total", "operation", "get_replicas"))
                .isEqualTo(2);
        assertThat(scrape.value("mooncake4j_store_nodes", "state", "ok")).isEqualTo(2);
        assertThat(scrape.value("mooncake4j_store_capacity_bytes", "node", "node-0"))
                .isEqualTo(8 << 20);
        assertThat(scrape.value("mooncake4j_master_role", "role", "leader")).isEqualTo(1);
    }

    @Test
    void shouldShowLeasesAsLongAsTheyRunWhenValuesAreRead() {
        MooncakeClient client = start(ClusterPlan.DEFAULT.withLease(Duration.ofMinutes(10)));
        client.put("a", new byte[10]);
        client.get("a");
        client.get("a");
        assertThat(scrape().value("mooncake4j_store_read_leases_running")).isEqualTo(2);
    }

    @Test
    void shouldShowNoLeaseAnyMoreWhenAllHaveEnded() {
        MooncakeClient client = start(ClusterPlan.DEFAULT.withLease(Duration.ofMillis(200)));
        client.put("a", new byte[10]);
        client.get("a");
        await().until(() -> scrape().value("mooncake4j_store_read_leases_running") == 0);
        assertThat(scrape().value("mooncake4j_store_read_leases_total")).isPositive();
    }

    @Test
    void shouldShowTheSameUnderMooncakesNamesWhenTheyAreOn() {
        MooncakeClient client = start(ClusterPlan.DEFAULT);
        client.put("a", new byte[5000]);
        client.get("a");
        client.get("b");
        Scrape scrape = scrape();

        assertThat(scrape.value("master_key_count")).isEqualTo(1);
        assertThat(scrape.value("master_put_start_requests_total")).isEqualTo(1);
        assertThat(scrape.value("master_batch_get_replica_list_items_total")).isEqualTo(2);
        assertThat(scrape.value("mem_cache_hit_nums_")).isEqualTo(1);
        assertThat(scrape.value("total_get_nums_")).isEqualTo(2);
        assertThat(scrape.value("master_total_capacity_bytes")).isEqualTo(16 << 20);
        assertThat(scrape.value("segment_total_capacity_bytes", "segment", "node-1"))
                .isEqualTo(8 << 20);
        assertThat(scrape.value("master_value_size_bytes_bucket", "le", "65536"))
                .isEqualTo(1);
    }

    @Test
    void shouldTellWhyWhenObjectsAreEvicted() {
        MooncakeClient client = start(ClusterPlan.DEFAULT.withLease(Duration.ofMillis(50)));
        for (int i = 0; i < 60; i++) {
            client.put("k" + i, new byte[500_000]);
        }

        await().untilAsserted(() -> {
            Scrape scrape = scrape();
            double byWatermark = scrape.value("mooncake4j_store_evicted_objects_total", "reason", "watermark");
            double forRoom = scrape.value("mooncake4j_store_evicted_objects_total", "reason", "no_room");
            assertThat(byWatermark).isPositive();
            assertThat(byWatermark + forRoom + scrape.value("mooncake4j_store_objects"))
                    .isEqualTo(60);
            assertThat(scrape.value("master_evicted_key_count")).isEqualTo(byWatermark + forRoom);
        });
        assertThat(scrape().value("mooncake4j_store_eviction_passes_total", "result", "freed"))
                .isPositive();
    }

    @Test
    void shouldCountTheTriesWhenNothingCanBeAllocated() {
        MooncakeClient client = start(ClusterPlan.DEFAULT).withTimeout(Duration.ofMillis(500));
        client.putBatch(List.of(KvEntry.of("large", new byte[9 << 20])));
        PutOptions pinned = PutOptions.DEFAULT.withHardPin(true).withReplicaNum(3);
        for (int i = 0; i < 5; i++) {
            client.putBatch(List.of(KvEntry.of("p" + i, new byte[2_000_000])), pinned);
        }
        Scrape scrape = scrape();

        assertThat(scrape.value("mooncake4j_store_allocation_failures_total", "reason", "too_large"))
                .isPositive();
        assertThat(scrape.value("mooncake4j_store_allocation_failures_total", "reason", "full"))
                .isPositive();
        assertThat(scrape.value("mooncake4j_store_allocations_partial_total")).isPositive();
        assertThat(scrape.value("mooncake4j_store_eviction_passes_total", "result", "nothing"))
                .isPositive();
    }
}
