package io.mooncake4j.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the chart renders, run for real: an etcd, three masters and two nodes, in Kubernetes' hands. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RunningChartIT {
    private static final String ETCD = Chart.FULL_NAME + "-etcd";
    private static final String MASTERS = Chart.FULL_NAME + "-master";
    private static final List<String> HOSTS = List.of("cn-hangzhou.10.0.0.1", "cn-hangzhou.10.0.0.2");

    private RunningChart chart;
    private String masters;

    @BeforeAll
    void start() throws Exception {
        Manifests rendered = Chart.render(Map.of(
                "etcd.embedded.enabled",
                true,
                "master.heap",
                "384m",
                "node.heap",
                "128m",
                "node.segmentSize",
                "128MB"));
        List<?> named = (List<?>) rendered.settings("node.yaml").get("master");
        masters = String.join(",", named.stream().map(Object::toString).toList());
        chart = new RunningChart(rendered);
        try {
            // all at once, as Kubernetes does it
            chart.startStatefulSet(ETCD);
            chart.startStatefulSet(MASTERS);
            HOSTS.forEach(chart::startNode);
            chart.awaitStatefulSet(ETCD);
            chart.awaitStatefulSet(MASTERS);
            HOSTS.forEach(chart::awaitNode);
        } catch (Throwable e) {
            System.err.println(chart.logs());
            throw e; // end() comes all the same
        }
    }

    @AfterAll
    void end() throws IOException {
        if (chart != null) {
            chart.close();
        }
    }

    @Test
    void shouldPutAndGetWhenTheChartsOwnTestRuns() throws Exception {
        PodProcess test = chart.startTest();

        assertThat(test.exitCode()).as(test.toString()).isZero();
        assertThat(test.printed()).contains("put, got and removed 4194304 bytes, and they were the same");
    }

    @Test
    void shouldFailTheChartsOwnTestWhenNoMasterIsThere() throws Exception {
        PodProcess test = chart.startTest("MOONCAKE4J_MASTER=127.0.0.1:1", "MOONCAKE4J_TIMEOUT=2s");

        assertThat(test.exitCode()).as(test.toString()).isNotZero();
        assertThat(test.printed()).doesNotContain("they were the same");
    }

    @Test
    void shouldWarnOfNothingWhenStarted() {
        assertThat(chart.pod(MASTERS + "-0").printed()).doesNotContain("without effect", "WARN");
        assertThat(chart.pod(HOSTS.get(0)).printed()).doesNotContain("without effect");
    }

    @Test
    void shouldHaveEveryMetricThatDashboardAndAlertsNameWhenScraped() throws Exception {
        Set<String> used = MetricNames.usedIn(Chart.DIRECTORY.resolve("files/alerts.yaml"));
        used.addAll(MetricNames.usedIn(Chart.DIRECTORY.resolve("files/dashboard.json")));
        used.removeIf(name -> name.startsWith("jvm_gc_pause_")); // there from the first pause on
        Set<String> had = new HashSet<>();
        try (Load load = Load.start(chart, masters)) { // a program that uses the SDK
            load.endUnharmed();
            had.addAll(MetricNames.in(load.metrics()));
        }
        for (int i = 0; i < 3; i++) {
            had.addAll(MetricNames.scraped(chart.pod(MASTERS + "-" + i).place().address(), 9003));
        }
        for (String host : HOSTS) {
            had.addAll(MetricNames.scraped(chart.pod(host).place().address(), 9300));
        }

        assertThat(used).hasSizeGreaterThan(40);
        assertThat(used.stream().filter(name -> !had.contains(name)))
                .as("metrics that nobody has")
                .isEmpty();
    }

    @Test
    void shouldFailNoCallWhenMastersAreReplacedInTurn() throws Exception {
        try (Load load = Load.start(chart, masters)) {
            chart.replaceStatefulSet(MASTERS, load::goOn);

            assertThat(load.endUnharmed()).as("misses").isZero();
        } catch (Throwable e) {
            System.err.println(chart.logs());
            throw e;
        }
    }

    @Test
    void shouldFailNoCallAndKeepItsCacheWhenAnUpgradeReplacesMastersAndNodesAtOnce() throws Exception {
        try (Load load = Load.start(chart, masters)) {
            CompletableFuture<Void> nodes = CompletableFuture.runAsync(this::replaceNodes);
            chart.replaceStatefulSet(MASTERS, load::goOn);
            nodes.join();

            load.endUnharmed(); // misses while a node is away; in the end nothing is lost
        } catch (Throwable e) {
            System.err.println(chart.logs());
            throw e;
        }
    }

    private void replaceNodes() {
        for (String host : HOSTS) {
            PodProcess before = chart.pod(host);
            PodProcess after = chart.replaceNode(host);

            assertThat(after.place().podName()).isNotEqualTo(before.place().podName());
            assertThat(after.place().address()).isNotEqualTo(before.place().address());
            assertThat(after.printed())
                    .contains("node " + host + " at " + after.place().address());
        }
    }
}
