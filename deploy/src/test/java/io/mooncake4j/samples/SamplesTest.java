package io.mooncake4j.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.TestCluster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The SDK's samples do what they say, and the README quotes them as they are. */
class SamplesTest {
    private static final Path ROOT = Path.of("..");
    private static final String SAMPLES = "store-client/src/samples/java/io/mooncake4j/samples/";
    private static final Pattern QUOTATION =
            Pattern.compile("<!-- (" + SAMPLES + "\\w+\\.java) -->\n```java\n(.*?)```\n", Pattern.DOTALL);
    private static final Pattern QUOTED = Pattern.compile("( *)// quote\n(.*?)\n *// end\n", Pattern.DOTALL);

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    private static List<String> run(BiConsumer<String, PrintStream> sample, String master) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        sample.accept(master, new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void shouldPrintWhatTheyPromiseWhenRunOnAStore() {
        cluster.start(ClusterPlan.DEFAULT);
        String master = cluster.masters();

        assertThat(run(FirstPutAndGet::run, master)).containsExactly("hello");
        assertThat(run(Batches::run, master)).containsExactly("stored 32, hits 32 of 32");
        assertThat(run(ZeroCopy::run, master)).containsExactly("got 1048576 bytes, the last is -1");
        assertThat(run(Async::run, master)).containsExactly("value 7");
        assertThat(run(MissesAndRetries::run, master)).containsExactly("computing answer", "42", "42");
    }

    @Test
    void shouldGoOnWhenThereIsNoStore() {
        assertThat(run(MissesAndRetries::run, "127.0.0.1:1"))
                .hasSize(6)
                .contains("computing answer", "42")
                .first()
                .asString()
                .startsWith("going on without the store: RPC_");
    }

    @Test
    void shouldBeQuotedWordForWordWhenTheReadmeShowsThem() throws IOException {
        Set<String> quoted = new HashSet<>();
        for (MatchResult quotation : QUOTATION
                .matcher(Files.readString(ROOT.resolve("README.md")))
                .results()
                .toList()) {
            assertThat(quotation.group(2)).as(quotation.group(1)).isEqualTo(marked(ROOT.resolve(quotation.group(1))));
            quoted.add(quotation.group(1));
        }
        try (Stream<Path> samples = Files.list(ROOT.resolve(SAMPLES))) {
            assertThat(samples.map(file -> SAMPLES + file.getFileName())
                            .filter(name -> !name.endsWith("package-info.java")))
                    .as("samples that the README quotes")
                    .containsExactlyInAnyOrderElementsOf(quoted);
        }
    }

    /** The marked lines without what they are indented by. */
    private static String marked(Path file) throws IOException {
        MatchResult region =
                QUOTED.matcher(Files.readString(file)).results().findFirst().orElseThrow();
        return region.group(2).replaceAll("(?m)^" + region.group(1), "") + "\n";
    }
}
