package io.mooncake4j.deploy.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.admin.HttpCaller;
import io.mooncake4j.deploy.cluster.TestDirectory;
import io.mooncake4j.deploy.metrics.PrometheusPage;
import io.mooncake4j.deploy.metrics.Scrape;
import io.mooncake4j.master.admin.AdminOptions;
import io.mooncake4j.master.admin.AdminServer;
import io.mooncake4j.master.etcd.CutProxy;
import io.mooncake4j.master.etcd.EtcdProcess;
import io.mooncake4j.master.metrics.MasterMetrics;
import io.mooncake4j.master.service.ClusterOptions;
import io.mooncake4j.master.service.MasterOptions;
import io.mooncake4j.master.service.MasterServer;
import io.mooncake4j.node.NodeOptions;
import io.mooncake4j.node.OnStop;
import io.mooncake4j.node.StorageNode;
import io.mooncake4j.transfer.memory.MemoryKind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What masters say of themselves over HTTP when one leads, and when etcd is away. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class AdminOfStandbysTest {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final EtcdProcess etcd = add(EtcdProcess.start());

    private <T extends AutoCloseable> T add(T resource) {
        open.push(resource);
        return resource;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    private MasterServer master(int etcdPort) {
        return add(MasterServer.start(MasterOptions.defaults()
                .withAddress("127.0.0.1", 0)
                .withCluster(new ClusterOptions(
                        etcd.options().endpoints("http://127.0.0.1:" + etcdPort).build(),
                        "127.0.0.1:0",
                        Duration.ofSeconds(2),
                        false,
                        new byte[0]))));
    }

    private HttpCaller admin(MasterServer master) {
        MasterMetrics metrics = new MasterMetrics(master.status());
        PrometheusPage page = add(new PrometheusPage(metrics, metrics, () -> ""));
        return new HttpCaller(add(AdminServer.start(new AdminOptions("127.0.0.1", 0, ""), master.status(), page))
                .port());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/query_key?key=a",
                "/batch_query_keys?keys=a",
                "/get_all_keys",
                "/get_all_segments",
                "/get_segments_detail",
                "/query_segment?segment=a",
                "/api/v1/segments/status?segment=a"
            })
    void shouldSayWhoLeadsAndNothingElseWhenItDoesNotLead(String path) {
        MasterServer leader = master(etcd.endpoint().getPort());
        await().until(leader::serves);
        MasterServer standby = master(etcd.endpoint().getPort());
        await().until(standby::hasLoaded);
        HttpCaller http = admin(standby);
        await().until(() -> standby.status().leader() != null);

        assertThat(http.get(path).statusCode()).isEqualTo(503);
        assertThat(http.json(path))
                .containsEntry("success", false)
                .containsEntry("error_code", -1011)
                .extractingByKey("error_message")
                .asString()
                .contains("service plane is not active", "127.0.0.1:" + leader.port());
        assertThat(http.post("/api/v1/remove_all").statusCode()).isEqualTo(503);
    }

    @Test
    void shouldBeHealthyButNotReadyWhenEtcdWasNeverReached() throws Exception {
        try (CutProxy way = CutProxy.to(etcd.endpoint().getPort())) {
            way.cut();
            MasterServer master = master(way.endpoint().getPort());
            HttpCaller http = admin(master);

            assertThat(http.get("/health").statusCode()).isEqualTo(200);
            assertThat(http.get("/ready").statusCode()).isEqualTo(503);
            assertThat(http.get("/role").body()).isEqualTo("standby");
            assertThat(http.get("/ha_status").body()).isEqualTo("recovering");
            await().untilAsserted(
                            () -> assertThat(new Scrape(http.get("/metrics").body())
                                            .value("mooncake4j_etcd_errors_total", "kind", "unknown_outcome"))
                                    .isPositive());

            way.mend();
            await().until(() -> http.get("/ready").statusCode() == 200);
            await().until(() -> http.get("/role").body().equals("leader"));
        }
    }

    @Test
    void shouldShowJournalAndLagWhenOneLeadsAndOneFollows() throws Exception {
        MasterServer leader = master(etcd.endpoint().getPort());
        await().until(leader::serves);
        MasterServer standby = master(etcd.endpoint().getPort());
        TestDirectory directory = add(new TestDirectory());
        StorageNode node = add(StorageNode.start(NodeOptions.builder()
                .masters("127.0.0.1:" + leader.port())
                .name("node")
                .host("127.0.0.1")
                .dataPort(0)
                .segmentBytes(4 << 20)
                .memory(MemoryKind.shm(directory.path()))
                .onStop(OnStop.LEAVE)
                .build()));
        assertThat(node.awaitMounted(Duration.ofSeconds(20))).isTrue();
        MooncakeClient client = add(
                MooncakeClient.builder().masters("127.0.0.1:" + leader.port()).build());
        for (int i = 0; i < 50; i++) {
            client.put("k" + i, new byte[100]);
        }
        HttpCaller led = admin(leader);
        HttpCaller following = admin(standby);

        await().untilAsserted(() -> {
            Scrape leads = new Scrape(led.get("/metrics").body());
            Scrape follows = new Scrape(following.get("/metrics").body());
            assertThat(leads.value("mooncake4j_journal_records_total")).isGreaterThanOrEqualTo(50);
            assertThat(follows.value("mooncake4j_journal_record")).isEqualTo(leads.value("mooncake4j_journal_record"));
            assertThat(leads.value("mooncake4j_journal_commit_duration_seconds_count"))
                    .isPositive();
            assertThat(leads.value("mooncake4j_etcd_request_duration_seconds_count", "operation", "keep_alive"))
                    .isPositive();
            assertThat(leads.value("mooncake4j_journal_standby_lag_seconds")).isZero();
            assertThat(follows.value("mooncake4j_journal_standby_lag_seconds"))
                    .isPositive()
                    .isLessThan(5);
            assertThat(follows.value("mooncake4j_master_role", "role", "standby"))
                    .isEqualTo(1);
            assertThat(follows.value("mooncake4j_store_objects")).isZero();
            assertThat(follows.has("mooncake4j_store_capacity_bytes")).isFalse();
        });
    }
}
