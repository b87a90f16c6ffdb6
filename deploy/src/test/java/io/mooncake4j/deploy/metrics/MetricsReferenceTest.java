package io.mooncake4j.deploy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.client.ClientMetric;
import io.mooncake4j.master.metrics.MasterMetric;
import io.mooncake4j.node.metrics.NodeMetric;
import io.mooncake4j.transfer.metrics.Metric;
import io.mooncake4j.transfer.metrics.RdmaMetric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables of {@code METRICS.md} are made of the declarations. */
class MetricsReferenceTest {
    private static final String BEGIN = "<!-- made of the declarations -->\n";

    @Test
    void shouldBeCurrentWhenMetricsChange() throws IOException {
        Path page = Path.of("METRICS.md");
        String text = Files.readString(page);
        String wanted = text.substring(0, text.indexOf(BEGIN) + BEGIN.length())
                + section("Master", Arrays.stream(MasterMetric.values()).map(MasterMetric::metric))
                + section("Node", Arrays.stream(NodeMetric.values()).map(NodeMetric::metric))
                + section("Client", Arrays.stream(ClientMetric.values()).map(ClientMetric::metric))
                + section(
                        "RDMA, of nodes and clients",
                        Arrays.stream(RdmaMetric.values()).map(RdmaMetric::metric));

        Path made = Files.writeString(Path.of("target/METRICS.md"), wanted);
        assertThat(text)
                .as("deploy/METRICS.md is not current: cp deploy/%s deploy/METRICS.md", made)
                .isEqualTo(wanted);
    }

    private static String section(String title, Stream<Metric> metrics) {
        return "\n## " + title + "\n\n| name | kind | tags | meaning |\n|---|---|---|---|\n"
                + metrics.map(MetricsReferenceTest::row).collect(Collectors.joining());
    }

    private static String row(Metric metric) {
        return "| `" + metric.prometheusName() + "` | " + metric.kind().name().toLowerCase(Locale.ROOT) + " | "
                + metric.tags().stream().map(tag -> "`" + tag + "`").collect(Collectors.joining(", ")) + " | "
                + metric.description().replace("|", "\\|") + " |\n";
    }
}
