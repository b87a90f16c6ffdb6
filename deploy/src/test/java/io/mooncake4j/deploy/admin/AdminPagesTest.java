package io.mooncake4j.deploy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.master.admin.AdminOptions;
import io.mooncake4j.master.admin.AdminServer;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a leader answers over HTTP, with a store behind it. */
@SuppressWarnings("unchecked")
class AdminPagesTest {
    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    private AdminServer admin;
    private HttpCaller http;
    private MooncakeClient client;

    @BeforeEach
    void start() {
        cluster.start(ClusterPlan.DEFAULT);
        serve("");
        client = cluster.client(true);
    }

    private void serve(String token) {
        stop();
        admin = AdminServer.start(new AdminOptions("127.0.0.1", 0, token), cluster.status(), () -> "metrics");
        http = new HttpCaller(admin.port());
    }

    @AfterEach
    void stop() {
        if (admin != null) {
            admin.close();
        }
    }

    @Test
    void shouldTellHealthAndRoleWhenItLeads() {
        assertThat(http.json("/health"))
                .containsEntry("status", "ok")
                .containsEntry("role", "leader")
                .containsEntry("service_ready", true);
        assertThat(http.get("/ready").statusCode()).isEqualTo(200);
        assertThat(http.get("/role").body()).isEqualTo("leader");
        assertThat(http.json("/leader")).containsEntry("present", true);
        assertThat(http.get("/metrics").body()).isEqualTo("metrics");
        assertThat(http.get("/metrics/summary").body()).contains("role=leader", "nodes: 2 of 2 take objects");
    }

    @Test
    void shouldTellWhereItLiesWhenAKeyIsQueried() {
        client.put("a/b c", new byte[1000]);

        HttpResponse<String> found = http.get("/query_key?key=a%2Fb%20c");

        assertThat(found.statusCode()).isEqualTo(200);
        assertThat(HttpCaller.json(found))
                .containsEntry("success", true)
                .extractingByKey("data", InstanceOfAssertFactories.LIST)
                .hasSize(1);
        assertThat(found.body())
                .contains("\"size_\":1000", "\"protocol_\":\"tcp\"", "\"transport_endpoint_\":\"127.0.0.1:");
        assertThat(http.get("/query_key?key=a").statusCode()).isEqualTo(404);
        assertThat(http.json("/query_key?key=a")).containsEntry("error_code", -704);
    }

    @Test
    void shouldTakeNoLeaseAndCountNoHitWhenKeysAreQueried() {
        client.put("a", new byte[10]);
        http.get("/query_key?key=a");
        http.get("/batch_query_keys?keys=a");

        assertThat(cluster.status().counters().sum(counted -> counted.getsHit)).isZero();
    }

    @Test
    void shouldAnswerForEachKeyWhenSeveralAreQueried() {
        client.put("a", new byte[10]);

        Map<String, Object> data =
                (Map<String, Object>) http.json("/batch_query_keys?keys=a,b").get("data");

        assertThat(data).containsOnlyKeys("a", "b");
        assertThat((Map<String, Object>) data.get("a"))
                .containsEntry("ok", true)
                .containsKey("values");
        assertThat((Map<String, Object>) data.get("b"))
                .containsEntry("ok", false)
                .containsEntry("error", "OBJECT_NOT_FOUND");
        assertThat(http.get("/batch_query_keys").statusCode()).isEqualTo(400);
    }

    @Test
    void shouldListEachKeyOnceWhenAllArePagedThrough() {
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            keys.add("key/ä &" + i);
            client.put("key/ä &" + i, new byte[10]);
        }

        Set<String> listed = new HashSet<>();
        String path = "/get_all_keys?limit=7";
        int pages = 0;
        for (String next = path; next != null; pages++) {
            HttpResponse<String> page = http.get(next);
            List<String> lines = page.body().lines().toList();
            assertThat(lines)
                    .hasSizeLessThanOrEqualTo(7)
                    .allSatisfy(key -> assertThat(listed.add(key)).isTrue());
            next = page.headers()
                    .firstValue("x-next-after")
                    .map(after -> path + "&after=" + after)
                    .orElse(null);
        }

        assertThat(listed).isEqualTo(keys);
        assertThat(pages).isGreaterThan(10);
        assertThat(http.get("/get_all_keys").body().lines()).hasSize(100);
        assertThat(http.get("/get_all_keys?tenant_id=other").body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "10001", "-1", "x", "99999999999"})
    void shouldRefuseWhenTheLimitIsNonsense(String limit) {
        assertThat(http.get("/get_all_keys?limit=" + limit).statusCode()).isEqualTo(400);
    }

    @Test
    void shouldTellOfSegmentsWhenAsked() {
        client.put("a", new byte[100_000]);

        assertThat(http.get("/get_all_segments").body().lines()).containsExactlyInAnyOrder("node-0", "node-1");
        Map<String, Object> details = http.json("/get_segments_detail");
        assertThat(details).containsEntry("total_segments", 2);
        assertThat((List<Map<String, Object>>) details.get("segments"))
                .allSatisfy(segment -> assertThat(segment)
                        .containsEntry("status", "OK")
                        .containsEntry("size_bytes", 8 << 20)
                        .containsKeys("segment_id", "te_endpoint", "allocator_usage_percent"));
        assertThat(http.get("/query_segment?segment=node-0").body())
                .startsWith("node-0\nUsed(bytes): ")
                .endsWith("\nCapacity(bytes) : 8388608\n");
        assertThat(http.get("/query_segment?segment=node-9").statusCode()).isEqualTo(500);
        assertThat(http.json("/api/v1/segments/status?segment=node-1"))
                .containsEntry("status", 1)
                .containsEntry("status_name", "OK");
        assertThat(http.get("/api/v1/segments/status?segment=x").statusCode()).isEqualTo(404);
        assertThat(http.get("/api/v1/segments/status").statusCode()).isEqualTo(400);
    }

    @Test
    void shouldRemoveOfOneTenantOrAllWhenAskedTo() {
        MooncakeClient other = cluster.build(cluster.clientBuilder(true).tenant("other"));
        for (int i = 0; i < 5; i++) {
            client.put("k" + i, new byte[10]);
            other.put("k" + i, new byte[10]);
        }

        assertThat(http.post("/api/v1/remove_all?tenant_id=other").body())
                .isEqualTo("{\"success\":true,\"removed_count\":5}");
        assertThat(client.exists("k0")).isTrue();
        assertThat(other.exists("k0")).isFalse();
        assertThat(http.post("/api/v1/remove_all?force=true").body()).contains("\"removed_count\":5");
        assertThat(client.exists("k0")).isFalse();
    }

    @Test
    void shouldRemoveOnlyForWhoShowsTheTokenWhenOneIsSet() {
        serve("the-token");
        client.put("k", new byte[10]);

        HttpResponse<String> without = http.post("/api/v1/remove_all");
        assertThat(without.statusCode()).isEqualTo(401);
        assertThat(without.headers().firstValue("www-authenticate")).isPresent();
        assertThat(http.post("/api/v1/remove_all", "Authorization", "Bearer wrong")
                        .statusCode())
                .isEqualTo(401);
        assertThat(client.exists("k")).isTrue();
        assertThat(http.post("/api/v1/remove_all", "Authorization", "Bearer the-token")
                        .statusCode())
                .isEqualTo(200);
        assertThat(client.exists("k")).isFalse();
    }
}
