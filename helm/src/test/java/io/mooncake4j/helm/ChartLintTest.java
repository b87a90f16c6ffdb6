package io.mooncake4j.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Helm, and Kubernetes' own types, say of the chart. */
class ChartLintTest {
    @TempDir
    Path directory;

    static Stream<Map.Entry<String, Manifests>> renderings() {
        return Chart.renderings();
    }

    @ParameterizedTest
    @ValueSource(strings = {"values.yaml", "values-dev.yaml", "values-ecs-tcp.yaml", "values-ecs-erdma.yaml"})
    void shouldFindNothingWhenHelmLintsStrictly(String valuesFile) {
        LintResult result = Chart.lint(Chart.DIRECTORY.resolve(valuesFile), directory);

        assertThat(result.isFailed()).as(result.getMessages().toString()).isFalse();
        assertThat(result.getMessages())
                .noneMatch(message -> message.contains("[WARNING]") || message.contains("[ERROR]"));
    }

    @Test
    void shouldFailWhenLintMeetsAWrongValue() throws IOException {
        Path wrong = Files.writeString(directory.resolve("wrong.yaml"), "master:\n  replica: 3\n");

        LintResult result = Chart.lint(wrong, directory);
        assertThat(result.isFailed()).isTrue();
        assertThat(result.getMessages().toString()).contains("replica");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("renderings")
    void shouldHoldNoFieldThatKubernetesDoesNotKnowWhenRendered(Map.Entry<String, Manifests> rendering) {
        for (HasMetadata each : rendering.getValue().all()) {
            if (!(each instanceof GenericKubernetesResource)) {
                assertThat(UnknownFields.of(each))
                        .as(each.getKind() + " " + each.getMetadata().getName())
                        .isEmpty();
            }
        }
    }

    @Test
    void shouldSeeAnUnknownFieldWhenThereIsOneDeepInside() {
        HasMetadata wrong = Serialization.unmarshal("""
                apiVersion: v1
                kind: Pod
                metadata: {name: x}
                spec:
                  containers:
                    - name: x
                      securityContext: {readOnlyRootFileSystem: true}
                """);

        assertThat(UnknownFields.of(wrong))
                .containsExactly(".Spec.Containers[].SecurityContext.readOnlyRootFileSystem");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("renderings")
    void shouldHaveNamesThatKubernetesTakesWhenRendered(Map.Entry<String, Manifests> rendering) {
        assertThat(rendering.getValue().all())
                .allSatisfy(
                        each -> assertThat(each.getMetadata().getName()).matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"));
    }

    @Test
    void shouldHaveShortNamesWhenTheReleaseHasALongOne() {
        String longest = "a-name-of-a-release-that-is-as-long-as-helm-takes-it";
        Manifests rendered = Chart.render(longest, List.of(), Chart.AN_ETCD);

        // Kubernetes appends up to 11 characters for a revision of a StatefulSet, as a label
        assertThat(rendered.all())
                .allSatisfy(each -> assertThat(each.getMetadata().getName()).hasSizeLessThanOrEqualTo(52));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "master.replica=3 | additional properties 'replica' not allowed",
                "master.replicas=0 | minimum",
                "master.replicas=many | got string",
                "master.heap=2Gi | heap",
                "master.rpcPort=30051 | rpcPort",
                "master.terminationGracePeriodSeconds=10 | terminationGracePeriodSeconds",
                "master.advertise=name | advertise",
                "node.kind=Deployment | kind",
                "node.segmentSize=64Gi | segmentSize",
                "node.dataPort=30610 | dataPort",
                "node.memory.volume=disk | volume",
                "node.memory.hugePages=4Mi | hugePages",
                "etcd.endpoints=[\"etcd:2379\"] | endpoints",
                "image.digest=abc | digest",
                "journal=redis | journal",
                "erdma.gidIndex=first | gidIndex",
                "erdma.compatMode=yes | compatMode",
                "networkPolicy.hostCIDRs=[\"10.0.0.1\"] | hostCIDRs",
                "journal=memory | set it to 1, or journal=etcd",
                "etcd.embedded.enabled=true | choose one",
                "etcd.auth.user=m4j | set etcd.auth.existingSecret",
                "node.resources.limits.memory=4Gi | at least 5120Mi is needed",
                "master.resources.limits.memory=2G | at least 2816Mi is needed",
                "node.resources.limits.memory=1.5Gi | is no size that this chart reads",
                "node.memory.hostPath=/var/lib/m4j | a segment has to be in memory",
                "node.memory.hugePages=2Mi | which has no huge pages",
            })
    void shouldBeRefusedWithTheReasonWhenAValueIsBad(String given, String reason) {
        Map<String, Object> values = new HashMap<>(Chart.AN_ETCD);
        int split = given.indexOf('=');
        values.put(given.substring(0, split), Serialization.unmarshal(given.substring(split + 1), Object.class));

        assertThatThrownBy(() -> Chart.render(values)).hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "node.memory.volume=emptyDir;node.onStop=suspend | ends with the pod",
                "erdma.enabled=true;erdma.hostNetwork=false | rdma_cm finds no device",
                "erdma.enabled=true;networkPolicy.enabled=true | set networkPolicy.hostCIDRs",
                "node.hostNetwork=true;node.adminPort=50052 | are the same",
            })
    void shouldBeRefusedWithTheReasonWhenValuesContradictEachOther(String given, String reason) {
        Map<String, Object> values = new HashMap<>(Chart.AN_ETCD);
        List.of(given.split(";"))
                .forEach(each ->
                        values.put(each.split("=")[0], Serialization.unmarshal(each.split("=")[1], Object.class)));

        assertThatThrownBy(() -> Chart.render(values)).hasMessageContaining(reason);
    }

    @Test
    void shouldTestWhenHelmIsAskedTo() throws IOException {
        assertThat(Files.readString(Chart.DIRECTORY.resolve(ChartCopy.TEST))).contains(ChartCopy.HOOK);
    }

    @Test
    void shouldSayWhatIsMissingWhenNoEtcdIsNamed() {
        assertThatThrownBy(() -> Chart.render(Map.of()))
                .hasMessageContaining("etcd.endpoints")
                .hasMessageContaining("etcd.embedded.enabled=true");
    }
}
