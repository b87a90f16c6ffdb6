package io.mooncake4j.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is written twice: values in the README, and their names in the schema. */
class ChartReadmeTest {
    private static final String BEGIN = "<!-- values: made of values.yaml -->\n\n";
    private static final String END = "\n<!-- end of values -->";

    @Test
    void shouldNameEveryValueWhenTheReadmeIsRead() throws IOException {
        Path readme = Chart.DIRECTORY.resolve("README.md");
        String text = Files.readString(readme);
        String wanted = text.substring(0, text.indexOf(BEGIN) + BEGIN.length())
                + ValuesTable.of(Chart.DIRECTORY.resolve("values.yaml"))
                + text.substring(text.indexOf(END));

        Path made = Files.writeString(Path.of("target/README.md"), wanted);
        assertThat(text)
                .as("%s is not current: cp helm/%s helm/mooncake4j/README.md", readme, made)
                .isEqualTo(wanted);
    }

    @Test
    void shouldKnowTheSameValuesWhenItIsTheSchema() throws IOException {
        Map<?, ?> schema =
                Serialization.unmarshal(Files.readString(Chart.DIRECTORY.resolve("values.schema.json")), Map.class);
        List<String> differences = new ArrayList<>();
        compare("", Values.read(Chart.DIRECTORY.resolve("values.yaml")), schema, differences);

        assertThat(differences).containsExactly("global is in the schema only"); // Helm's own
    }

    @Test
    void shouldHaveTheAlertsAndTheDashboardOfMonitoringWhenItBringsThem() {
        // Helm reads nothing outside of the chart, so it has copies: cp them when they change
        Path monitoring = Path.of("../deploy/monitoring");
        assertThat(Chart.DIRECTORY.resolve("files/alerts.yaml"))
                .hasSameTextualContentAs(monitoring.resolve("alerts.yaml"));
        assertThat(Chart.DIRECTORY.resolve("files/dashboard.json"))
                .hasSameTextualContentAs(monitoring.resolve("grafana/dashboards/mooncake4j.json"));
    }

    private static void compare(String path, Map<?, ?> values, Map<?, ?> schema, List<String> differences) {
        if (!(schema.get("properties") instanceof Map<?, ?> properties)) {
            return; // a map of the user's
        }
        if (!Boolean.FALSE.equals(schema.get("additionalProperties"))) {
            differences.add(path + " takes whatever it is given");
        }
        properties.keySet().stream()
                .filter(name -> !values.containsKey(name) && !path.endsWith("resources."))
                .forEach(name -> differences.add(path + name + " is in the schema only"));
        values.forEach((name, value) -> {
            if (!properties.containsKey(name)) {
                differences.add(path + name + " is not in the schema");
            } else if (value instanceof Map<?, ?> below) {
                compare(path + name + ".", below, (Map<?, ?>) properties.get(name), differences);
            }
        });
    }
}
