package io.mooncake4j.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
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
    void shouldKeepItsCacheWhenPodsOfNodesAreReplacedInTurn() throws Exception {
        try (Load load = Load.start(chart, masters)) {
            for (String host : HOSTS) {
                PodProcess before = chart.pod(host);
                PodProcess after = chart.replaceNode(host);

                assertThat(after.place().podName()).isNotEqualTo(before.place().podName());
                assertThat(after.place().address()).isNotEqualTo(before.place().address());
                assertThat(after.printed())
                        .contains("node " + host + " at " + after.place().address());
            }
            load.endUnharmed(); // misses while one is away; in the end nothing is lost
        } catch (Throwable e) {
            System.err.println(chart.logs());
            throw e;
        }
    }
}
