package io.mooncake4j.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That what refers to something finds it: selectors, ports, addresses, files. */
class ChartWiringTest {
    static Stream<Map.Entry<String, Manifests>> renderings() {
        return Chart.renderings();
    }

    private static boolean selects(Map<String, String> selector, PodTemplateSpec template) {
        return template.getMetadata().getLabels().entrySet().containsAll(selector.entrySet());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("renderings")
    void shouldSelectExactlyOneKindOfPodWhenItSelects(Map.Entry<String, Manifests> rendering) {
        Manifests rendered = rendering.getValue();
        Collection<PodTemplateSpec> templates = rendered.templates().values();
        Stream<Map<String, String>> selectors = Stream.of(
                        rendered.all(Service.class).stream()
                                .map(each -> each.getSpec().getSelector()),
                        rendered.all(StatefulSet.class).stream()
                                .map(each -> each.getSpec().getSelector().getMatchLabels()),
                        rendered.all(DaemonSet.class).stream()
                                .map(each -> each.getSpec().getSelector().getMatchLabels()),
                        rendered.all(PodDisruptionBudget.class).stream()
                                .map(each -> each.getSpec().getSelector().getMatchLabels()),
                        rendered.all(NetworkPolicy.class).stream()
                                .map(each -> each.getSpec().getPodSelector().getMatchLabels()))
                .flatMap(each -> each);
        assertThat(selectors)
                .isNotEmpty()
                .allSatisfy(selector -> assertThat(templates.stream().filter(each -> selects(selector, each)))
                        .as(selector.toString())
                        .hasSize(1));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("renderings")
    void shouldSelectItsOwnPodsByWhatNeverChangesWhenUpgraded(Map.Entry<String, Manifests> rendering) {
        for (StatefulSet each : rendering.getValue().all(StatefulSet.class)) {
            Map<String, String> selector = each.getSpec().getSelector().getMatchLabels();
            assertThat(selects(selector, each.getSpec().getTemplate())).isTrue();
            assertThat(selector.keySet())
                    .containsExactlyInAnyOrder(
                            "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("renderings")
    void shouldNameAPortOfItsPodsWhenAServiceHasOne(Map.Entry<String, Manifests> rendering) {
        Manifests rendered = rendering.getValue();
        for (Service service : rendered.all(Service.class)) {
            List<String> ports = rendered.templates().values().stream()
                    .filter(each -> selects(service.getSpec().getSelector(), each))
                    .flatMap(each -> each.getSpec().getContainers().get(0).getPorts().stream())
                    .map(each -> each.getName())
                    .toList();
            assertThat(service.getSpec().getPorts())
                    .allSatisfy(port ->
                            assertThat(ports).contains(port.getTargetPort().getStrVal()));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("renderings")
    void shouldHaveAServiceForItsNamesWhenAStatefulSetHasPods(Map.Entry<String, Manifests> rendering) {
        Manifests rendered = rendering.getValue();
        for (StatefulSet each : rendered.all(StatefulSet.class)) {
            Service service = rendered.the(Service.class, each.getSpec().getServiceName());
            assertThat(service.getSpec().getClusterIP()).isEqualTo("None");
            assertThat(selects(service.getSpec().getSelector(), each.getSpec().getTemplate()))
                    .isTrue();
        }
    }

    @Test
    void shouldTellNodesOfEveryMasterByNameWhenThereAreThree() {
        Manifests rendered = Chart.render(Chart.AN_ETCD);
        String domain = "." + Chart.FULL_NAME + "-masters." + Chart.NAMESPACE + ".svc.cluster.local:50051";

        assertThat(rendered.settings("node.yaml").get("master"))
                .isEqualTo(Stream.of(0, 1, 2)
                        .map(i -> Chart.FULL_NAME + "-master-" + i + domain)
                        .toList());
        assertThat(env(rendered.masters().getSpec().getTemplate().getSpec(), "MOONCAKE4J_ADVERTISE")
                        .getValue())
                .isEqualTo("$(POD_NAME)" + domain);
        assertThat(rendered.the(Service.class, Chart.FULL_NAME + "-masters")
                        .getSpec()
                        .getPublishNotReadyAddresses())
                .isTrue(); // they look for each other before they are ready
    }

    private static EnvVar env(PodSpec pod, String name) {
        return pod.getContainers().get(0).getEnv().stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldGiveANodeItsHostsNameAndMemoryWhenItHasToOutliveThePod() {
        PodSpec node = Chart.render(Chart.AN_ETCD).node().getSpec();

        assertThat(env(node, "MOONCAKE4J_NAME").getValue()).isEqualTo("$(NODE_NAME)");
        assertThat(env(node, "NODE_NAME").getValueFrom().getFieldRef().getFieldPath())
                .isEqualTo("spec.nodeName");
        assertThat(volume(node).getHostPath().getPath()).isEqualTo("/dev/shm");
        assertThat(Chart.render(Chart.AN_ETCD).settings("node.yaml"))
                .containsEntry("memory", "shm:/dev/shm/cache-" + Chart.FULL_NAME)
                .containsEntry("on-stop", "suspend");
    }

    @Test
    void shouldGiveANodeMemoryOfThePodWhenItIsForTrying() {
        Manifests rendered = Chart.render("values-dev.yaml", Map.of());

        assertThat(env(rendered.node().getSpec(), "MOONCAKE4J_NAME").getValue()).isEqualTo("$(POD_NAME)");
        assertThat(volume(rendered.node().getSpec()).getEmptyDir().getMedium()).isEqualTo("Memory");
        assertThat(rendered.settings("node.yaml")).containsEntry("on-stop", "leave");
    }

    private static Volume volume(PodSpec node) {
        return node.getVolumes().stream()
                .filter(each -> each.getName().equals("memory"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldKeepMastersApartAndTwoOfThreeUpWhenHostsAreDrained() {
        Manifests rendered = Chart.render(Chart.AN_ETCD);

        assertThat(rendered.masters()
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getAffinity()
                        .getPodAntiAffinity()
                        .getRequiredDuringSchedulingIgnoredDuringExecution())
                .singleElement()
                .satisfies(term -> {
                    assertThat(term.getTopologyKey()).isEqualTo("kubernetes.io/hostname");
                    assertThat(selects(
                                    term.getLabelSelector().getMatchLabels(),
                                    rendered.masters().getSpec().getTemplate()))
                            .isTrue();
                });
        assertThat(rendered.the(PodDisruptionBudget.class, Chart.FULL_NAME + "-master")
                        .getSpec()
                        .getMaxUnavailable()
                        .getIntVal())
                .isEqualTo(1);
    }

    @Test
    void shouldRestartOnlyThePodsWhoseSettingsChange() {
        Manifests before = Chart.render(Chart.AN_ETCD);
        Manifests after = Chart.render(
                Map.of("etcd.endpoints", List.of("http://etcd.example:2379"), "master.config.read-lease", "3s"));

        assertThat(after.masters().getSpec().getTemplate())
                .isNotEqualTo(before.masters().getSpec().getTemplate());
        assertThat(after.settings("master.yaml")).containsEntry("read-lease", "3s");
        assertThat(after.node()).isEqualTo(before.node());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("renderings")
    void shouldMountTheFilesThatSettingsNameWhenTheyAreSecrets(Map.Entry<String, Manifests> rendering) {
        Manifests rendered = rendering.getValue();
        PodSpec pod = rendered.masters().getSpec().getTemplate().getSpec();
        Container container = pod.getContainers().get(0);
        assertThat(rendered.settings("master.yaml").entrySet().stream()
                        .filter(each -> each.getValue().toString().startsWith("/etc/"))
                        .map(each -> each.getValue().toString()))
                .allSatisfy(file -> assertThat(container.getVolumeMounts())
                        .anyMatch(mount -> file.startsWith(mount.getMountPath() + "/")));
        assertThat(pod.getVolumes().stream()
                        .filter(each -> each.getSecret() != null)
                        .map(Volume::getName)
                        .collect(Collectors.toSet()))
                .isEqualTo(container.getVolumeMounts().stream()
                        .map(mount -> mount.getMountPath())
                        .filter(path -> path.startsWith("/etc/mooncake4j/") && !path.endsWith(".yaml"))
                        .map(path -> path.substring("/etc/mooncake4j/".length()))
                        .collect(Collectors.toSet()));
    }

    @Test
    void shouldScrapeMastersAndNodesOnceWhenThereIsAServiceMonitor() {
        Manifests rendered = Chart.render("values-ecs-tcp.yaml", Map.of());
        GenericKubernetesResource monitor = rendered.custom("ServiceMonitor");
        Map<?, ?> selector = monitor.get("spec", "selector", "matchLabels");
        List<String> scraped = rendered.all(Service.class).stream()
                .filter(each -> each.getMetadata().getLabels().entrySet().containsAll(selector.entrySet()))
                .map(each -> each.getMetadata().getName())
                .toList();

        assertThat(scraped).containsExactlyInAnyOrder(Chart.FULL_NAME + "-masters", Chart.FULL_NAME + "-nodes");
        List<Map<?, ?>> endpoints = monitor.get("spec", "endpoints");
        assertThat(endpoints)
                .singleElement()
                .satisfies(each -> assertThat(each.get("port")).isEqualTo("admin"));
    }

    @Test
    void shouldBringEachAlertAndTheDashboardWhenTheyAreSwitchedOn() throws IOException {
        Manifests rendered = Chart.render("values-ecs-tcp.yaml", Map.of());
        Map<?, ?> alerts =
                Serialization.unmarshal(Files.readString(Chart.DIRECTORY.resolve("files/alerts.yaml")), Map.class);
        Map<String, Object> rule = rendered.custom("PrometheusRule").get("spec");
        Map<String, String> dashboard =
                rendered.the(ConfigMap.class, Chart.FULL_NAME + "-dashboard").getData();

        assertThat(rule).isEqualTo(alerts); // {{ $labels }} of Prometheus is no template of Helm's
        assertThat(Serialization.unmarshal(dashboard.get("mooncake4j.json"), Map.class))
                .isEqualTo(Serialization.unmarshal(
                        Files.readString(Chart.DIRECTORY.resolve("files/dashboard.json")), Map.class));
    }

    @Test
    void shouldLetOwnPodsInWhenOnlySomePeersMayUseTheStore() {
        Map<String, Object> engines = Map.of("podSelector", Map.of("matchLabels", Map.of("app", "engine")));
        Map<String, Object> values = new HashMap<>(Chart.AN_ETCD);
        values.put("networkPolicy.enabled", true);
        values.put("networkPolicy.clients", List.of(engines));
        Manifests rendered = Chart.render(values);
        Pod pod = rendered.the(Pod.class, Chart.FULL_NAME + "-test");
        Map<String, String> test = pod.getMetadata().getLabels();

        assertThat(rendered.all(NetworkPolicy.class)).hasSize(2).allSatisfy(policy -> {
            List<Map<String, String>> peers = policy.getSpec().getIngress().get(0).getFrom().stream()
                    .map(peer -> peer.getPodSelector().getMatchLabels())
                    .toList();
            assertThat(peers).contains(Map.of("app", "engine"));
            assertThat(peers).anyMatch(peer -> test.entrySet().containsAll(peer.entrySet()));
        });
    }
}
