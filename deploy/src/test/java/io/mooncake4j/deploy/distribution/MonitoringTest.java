package io.mooncake4j.deploy.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import io.mooncake4j.transfer.debian.DebianPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Alerts and dashboard, as Prometheus' own tool reads them. */
@Timeout(180) // the tool may have to be fetched
class MonitoringTest {
    private static final Path MONITORING = Path.of("monitoring");
    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");

    @TempDir
    Path directory;

    private OperatorTool.Result promtool(Path in, String... arguments) throws IOException, InterruptedException {
        Path program = DebianPackage.named("prometheus").file("mooncake4j.promtool", "usr/bin/promtool");
        return OperatorTool.at(program).run(in, arguments);
    }

    private Path copied(String... files) throws IOException {
        for (String file : files) {
            Files.copy(MONITORING.resolve(file), directory.resolve(file));
        }
        return directory;
    }

    @Test
    void shouldComeWhenSomethingIsBrokenAndOnlyThen() throws Exception {
        OperatorTool.Result result =
                promtool(copied("alerts.yaml", "alerts-test.yaml"), "test", "rules", "alerts-test.yaml");

        assertThat(result.exitCode()).as(result.output()).isZero();
    }

    @Test
    void shouldBeNoticedWhenAnAlertDoesNotCome() throws Exception {
        copied("alerts.yaml", "alerts-test.yaml");
        Path alerts = directory.resolve("alerts.yaml");
        Files.writeString(alerts, Files.readString(alerts).replace("> 0.95", "> 0.99"));

        OperatorTool.Result result = promtool(directory, "test", "rules", "alerts-test.yaml");
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.output()).contains("Mooncake4jStoreFull");
    }

    @Test
    void shouldBeUnderstoodWhenPrometheusReadsItsConfiguration() throws Exception {
        OperatorTool.Result result =
                promtool(copied("alerts.yaml", "prometheus.yml"), "check", "config", "prometheus.yml");

        assertThat(result.exitCode()).as(result.output()).isZero();
    }

    @Test
    void shouldHaveAPageForEachAlertWhenSomebodyIsWoken() throws IOException {
        List<String> headings = Files.readAllLines(Path.of("README.md"));
        List<String> alerts = alerts().toList();

        assertThat(alerts)
                .hasSizeGreaterThan(10)
                .allSatisfy(alert -> assertThat(headings).contains("### " + alert));
        assertThat(headings.stream().filter(line -> line.startsWith("### Mooncake4j")))
                .containsExactlyElementsOf(
                        alerts.stream().map(alert -> "### " + alert).toList());
        assertThat(Files.readString(MONITORING.resolve("alerts.yaml")))
                .contains(alerts.stream()
                        .map(alert -> "README.md#" + alert.toLowerCase())
                        .toList());
        assertThat(Files.readString(MONITORING.resolve("alerts-test.yaml"))).contains(alerts);
    }

    private static Stream<String> alerts() throws IOException {
        return ALERT.matcher(Files.readString(MONITORING.resolve("alerts.yaml")))
                .results()
                .map(found -> found.group(1));
    }

    @Test
    void shouldHoldRightExpressionsWhenTheDashboardIsRead() throws Exception {
        // the tool checks rules: each expression as one
        StringBuilder rules = new StringBuilder("groups:\n- name: dashboard\n  rules:\n");
        int number = 0;
        for (Map<?, ?> panel : panels()) {
            for (Object target : (List<?>) panel.get("targets")) {
                String expression = ((Map<?, ?>) target)
                        .get("expr")
                        .toString()
                        .replace("$__rate_interval", "5m")
                        .replace("$namespace", ".*");
                rules.append("  - record: panel:")
                        .append(number++)
                        .append("\n    expr: '")
                        .append(expression)
                        .append("'\n");
            }
        }
        assertThat(number).isGreaterThan(40);
        Files.writeString(directory.resolve("dashboard-rules.yaml"), rules);

        OperatorTool.Result result = promtool(directory, "check", "rules", "dashboard-rules.yaml");
        assertThat(result.exitCode()).as(result.output()).isZero();
    }

    private static List<Map<?, ?>> panels() throws IOException {
        Map<?, ?> dashboard =
                JSON.std.mapFrom(Files.readString(MONITORING.resolve("grafana/dashboards/mooncake4j.json")));
        List<Map<?, ?>> panels = new ArrayList<>();
        for (Object panel : (List<?>) dashboard.get("panels")) {
            if (!((Map<?, ?>) panel).get("type").equals("row")) {
                panels.add((Map<?, ?>) panel);
            }
        }
        return panels;
    }

    @Test
    void shouldHavePanelsBesideEachOtherWhenTheDashboardIsShown() throws IOException {
        Set<Object> ids = new HashSet<>();
        Set<String> taken = new HashSet<>();
        for (Map<?, ?> panel : panels()) {
            assertThat(ids.add(panel.get("id"))).as("an id of its own").isTrue();
            Map<?, ?> place = (Map<?, ?>) panel.get("gridPos");
            int left = (Integer) place.get("x");
            int right = left + (Integer) place.get("w");
            assertThat(right).isLessThanOrEqualTo(24);
            for (int x = left; x < right; x++) {
                assertThat(taken.add(place.get("y") + "/" + x))
                        .as(panel.get("title") + " covers another")
                        .isTrue();
            }
        }
    }

    @Test
    void shouldMountFilesThatAreThereWhenComposed() throws IOException {
        String compose = Files.readString(MONITORING.resolve("compose.yaml"));
        List<String> files = Pattern.compile("- (\\./[^:]+):")
                .matcher(compose)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();

        assertThat(files)
                .hasSize(4)
                .allSatisfy(file -> assertThat(MONITORING.resolve(file)).exists());
    }
}
