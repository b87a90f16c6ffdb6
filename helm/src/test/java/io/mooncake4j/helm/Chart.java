package io.mooncake4j.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The chart, rendered by Helm itself in this process. */
final class Chart {
    static final Path DIRECTORY = Path.of("mooncake4j").toAbsolutePath();
    static final String RELEASE = "m4j";
    static final String NAMESPACE = "cache";
    /** What names begin with. */
    static final String FULL_NAME = "m4j-mooncake4j";

    /** The least that has to be given. */
    static final Map<String, Object> AN_ETCD = Map.of("etcd.endpoints", List.of("http://etcd.example:2379"));

    private static final String KUBERNETES = "1.30.0";

    /** Each file of values that the chart comes with. */
    static final List<String> VALUES_FILES = List.of("values-dev.yaml", "values-ecs-tcp.yaml", "values-ecs-erdma.yaml");

    private Chart() {}

    /** Default values with some changed, by names with dots. */
    static Manifests render(Map<String, Object> values) {
        return render(List.of(), values);
    }

    static Manifests render(String valuesFile, Map<String, Object> values) {
        return render(List.of(DIRECTORY.resolve(valuesFile)), values);
    }

    static Manifests render(List<Path> valuesFiles, Map<String, Object> values) {
        return render(RELEASE, valuesFiles, values);
    }

    static Manifests render(String release, List<Path> valuesFiles, Map<String, Object> values) {
        try {
            Path changed = Files.createTempFile("values", ".yaml");
            try {
                Files.writeString(changed, Values.nested(values));
                TemplateCommand command = new Helm(ChartCopy.WITH_ITS_TEST)
                        .template()
                        .withName(release)
                        .withNamespace(NAMESPACE)
                        .withKubeVersion(KUBERNETES);
                valuesFiles.forEach(command::withValuesFile);
                return Manifests.parse(command.withValuesFile(changed).call());
            } finally {
                Files.delete(changed);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every rendering that tests look at: default values with an etcd, each values file, and what they don't switch on. */
    static Stream<Map.Entry<String, Manifests>> renderings() {
        return Stream.concat(
                Stream.of(
                        Map.entry("default values", render(AN_ETCD)),
                        Map.entry(
                                "everything on",
                                render(
                                        "values-ecs-erdma.yaml",
                                        Map.ofEntries(
                                                Map.entry("erdma.doctor.enabled", true),
                                                Map.entry("networkPolicy.enabled", true),
                                                Map.entry("networkPolicy.hostCIDRs", List.of("10.0.0.0/16")),
                                                Map.entry("etcd.tls.existingSecret", "etcd-tls"),
                                                Map.entry("etcd.auth.user", "m4j"),
                                                Map.entry("etcd.auth.existingSecret", "etcd-auth"),
                                                Map.entry("secrets.clusterSecret.existingSecret", "m4j"),
                                                Map.entry("secrets.adminToken.existingSecret", "m4j"),
                                                Map.entry("image.pullSecrets", List.of("registry"))))),
                        Map.entry(
                                "an etcd that keeps its data",
                                render(
                                        "values-dev.yaml",
                                        Map.of("etcd.embedded.storage", "8Gi", "networkPolicy.enabled", true)))),
                VALUES_FILES.stream().map(file -> Map.entry(file, render(file, Map.of()))));
    }

    /** {@code helm lint --strict} with the values of a file as if they were the chart's own. */
    static LintResult lint(Path valuesFile, Path scratch) {
        try {
            Path copy = ChartCopy.of(DIRECTORY, Files.createTempDirectory(scratch, "chart"));
            Files.writeString(copy.resolve("values.yaml"), Values.merged(valuesFile));
            return new Helm(copy).lint().strict().call();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
