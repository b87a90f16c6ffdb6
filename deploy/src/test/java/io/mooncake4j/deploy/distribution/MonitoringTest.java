package io.mooncake4j.deploy.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import io.mooncake4j.transfer.debian.DebianPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

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
    void shouldMountFilesWhereTheyAreLookedForWhenComposed() throws IOException {
        Map<String, String> prometheus = mounts("prometheus");
        String configuration = "/etc/prometheus/prometheus.yml";
        assertThat(prometheus).containsEntry(configuration, "./prometheus.yml");
        assertThat(service("prometheus").get("command").toString()).contains("--config.file=" + configuration + ",");
        for (Object rules : (List<?>) yaml("prometheus.yml").get("rule_files")) {
            assertThat(prometheus).containsEntry("/etc/prometheus/" + rules, "./" + rules);
        }
        Map<String, String> grafana = mounts("grafana");
        assertThat(grafana).containsEntry("/etc/grafana/provisioning", "./grafana/provisioning");
        Map<?, ?> provider = first(yaml("grafana/provisioning/dashboards/mooncake4j.yaml"), "providers");
        assertThat(grafana)
                .containsEntry(((Map<?, ?>) provider.get("options")).get("path").toString(), "./grafana/dashboards");
        Map<?, ?> source = first(yaml("grafana/provisioning/datasources/prometheus.yaml"), "datasources");
        assertThat(source.get("url")).isEqualTo("http://prometheus:9090");
    }

    @Test
    void shouldListenOnLoopbackAndScrapeTheUsualPortsWhenComposed() throws IOException {
        assertThat((List<?>) service("prometheus").get("ports")).isEqualTo(List.of("127.0.0.1:9090:9090"));
        assertThat((List<?>) service("grafana").get("ports")).isEqualTo(List.of("127.0.0.1:3000:3000"));
        List<String> targets = new ArrayList<>();
        for (Object job : (List<?>) yaml("prometheus.yml").get("scrape_configs")) {
            targets.add(((Map<?, ?>) job).get("job_name") + " "
                    + first((Map<?, ?>) job, "static_configs").get("targets"));
        }
        assertThat(targets)
                .containsExactly(
                        "mooncake4j-master [host.docker.internal:" + usualPort("admin-port") + "]",
                        "mooncake4j-node [host.docker.internal:" + usualPort("node-admin-port") + "]");
        assertThat((List<?>) service("prometheus").get("extra_hosts"))
                .isEqualTo(List.of("host.docker.internal:host-gateway"));
    }

    private static String usualPort(String setting) throws IOException {
        Matcher row = Pattern.compile("\\| `" + setting + "` \\| [^|]+\\| `(\\d+)` \\|")
                .matcher(Files.readString(Path.of("CONFIGURATION.md")));
        assertThat(row.find()).as(setting).isTrue();
        return row.group(1);
    }

    private static Map<?, ?> yaml(String file) throws IOException {
        return (Map<?, ?>)
                new Load(LoadSettings.builder().build()).loadFromString(Files.readString(MONITORING.resolve(file)));
    }

    private static Map<?, ?> first(Map<?, ?> in, String list) {
        return (Map<?, ?>) ((List<?>) in.get(list)).get(0);
    }

    private static Map<?, ?> service(String name) throws IOException {
        return (Map<?, ?>) ((Map<?, ?>) yaml("compose.yaml").get("services")).get(name);
    }

    /** Read-only ones of files that are there: by their places inside. */
    private static Map<String, String> mounts(String service) throws IOException {
        Map<String, String> mounts = new HashMap<>();
        for (Object volume : (List<?>) service(service).get("volumes")) {
            String[] parts = volume.toString().split(":");
            assertThat(parts).as(volume.toString()).hasSize(3).endsWith("ro");
            assertThat(MONITORING.resolve(parts[0])).exists();
            mounts.put(parts[1], parts[0]);
        }
        return mounts;
    }
}
