package io.mooncake4j.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.TestCluster;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TopCommandTest {
    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    private CapturedRun top(String... more) {
        String[] arguments = new String[more.length + 3];
        System.arraycopy(more, 0, arguments, 3, more.length);
        System.arraycopy(new String[] {"top", "--master", cluster.masters()}, 0, arguments, 0, 3);
        return CapturedRun.of(arguments);
    }

    @Test
    void shouldPrintAnObjectAnIntervalWhenAskedForJson() {
        cluster.start(ClusterPlan.DEFAULT);
        MooncakeClient client = cluster.client(true);
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger rounds = new AtomicInteger();
        CompletableFuture<Void> load = CompletableFuture.runAsync(() -> {
            for (int i = 0; !done.get(); i = rounds.incrementAndGet()) {
                client.put("top/" + i, new byte[1000]);
                client.get("top/" + i / 2);
                client.remove("top/" + i);
            }
        });

        await("load at its pace").until(() -> rounds.get() > 100);
        CapturedRun run = top("--json", "--interval", "800ms", "--count", "2");
        done.set(true);
        load.join();

        assertThat(run.exitCode()).as(run.err()).isZero();
        List<Map<String, Object>> ticks = run.json();
        assertThat(ticks).hasSize(2).allSatisfy(tick -> {
            assertThat((double) tick.get("puts_per_second")).isPositive();
            assertThat((int) tick.get("put_bytes_per_second") / 1000.0)
                    .as("each put has 1000 bytes; the two counters are read one after the other")
                    .isCloseTo((double) tick.get("puts_per_second"), withinPercentage(20));
            assertThat((int) tick.get("interval_ms")).isGreaterThanOrEqualTo(800);
            assertThat(tick).containsKeys("time", "cluster_id", "hit_rate", "gets_per_second", "round_trip_us");
            assertThat(tick).containsKeys("evicted_objects_per_second", "memory", "nodes", "calls", "grants_lapsed");
        });
    }

    @Test
    void shouldPrintALineAnIntervalWhenThereIsNoTerminal() {
        cluster.start(ClusterPlan.DEFAULT);

        CapturedRun run = top("--interval", "100ms", "--count", "3");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines()).hasSize(4).first().asString().contains("gets/s", "hits", "evicted/s");
        assertThat(run.out()).doesNotContain("\u001b");
    }

    @Test
    void shouldFailInTheEndWhenNobodyAnswers() {
        CapturedRun run = CapturedRun.of(
                "top", "--master", "127.0.0.1:1", "--timeout", "200ms", "--interval", "100ms", "--count", "2");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err().lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("no answer"));
        assertThat(CapturedRun.of("top", "--interval", "1ms").exitCode()).isEqualTo(2);
        assertThat(CapturedRun.of("top", "--count", "0").exitCode()).isEqualTo(2);
    }
}
