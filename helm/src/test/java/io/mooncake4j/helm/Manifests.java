package io.mooncake4j.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a rendering consists of, parsed. */
final class Manifests {
    private final List<HasMetadata> all;

    private Manifests(List<HasMetadata> all) {
        this.all = all;
    }

    static Manifests parse(String yaml) {
        List<HasMetadata> parsed = new ArrayList<>();
        for (String document : yaml.split("(?m)^---$")) {
            if (document.lines().anyMatch(line -> !line.isBlank() && !line.startsWith("#"))) {
                parsed.add(Serialization.unmarshal(document));
            }
        }
        return new Manifests(parsed);
    }

    List<HasMetadata> all() {
        return all;
    }

    <T extends HasMetadata> List<T> all(Class<T> type) {
        return all.stream().filter(type::isInstance).map(type::cast).toList();
    }

    <T extends HasMetadata> T the(Class<T> type, String name) {
        List<T> found = all(type).stream()
                .filter(each -> each.getMetadata().getName().equals(name))
                .toList();
        assertThat(found).as(type.getSimpleName() + " " + name).hasSize(1);
        return found.get(0);
    }

    /** One that isn't Kubernetes' own. */
    GenericKubernetesResource custom(String kind) {
        List<GenericKubernetesResource> found = all(GenericKubernetesResource.class).stream()
                .filter(each -> each.getKind().equals(kind))
                .toList();
        assertThat(found).as(kind).hasSize(1);
        return found.get(0);
    }

    StatefulSet masters() {
        return the(StatefulSet.class, Chart.FULL_NAME + "-master");
    }

    /** Of a node, whatever runs it. */
    PodTemplateSpec node() {
        return Stream.concat(
                        all(DaemonSet.class).stream().map(each -> each.getSpec().getTemplate()),
                        all(StatefulSet.class).stream()
                                .filter(each -> each.getMetadata().getName().endsWith("-node"))
                                .map(each -> each.getSpec().getTemplate()))
                .findFirst()
                .orElseThrow();
    }

    /** What is in the file of settings that masters or nodes have. */
    Map<String, Object> settings(String file) {
        String text = the(ConfigMap.class, Chart.FULL_NAME).getData().get(file);
        Map<String, Object> settings = new LinkedHashMap<>();
        Serialization.unmarshal(text, Map.class).forEach((name, value) -> settings.put(name.toString(), value));
        return settings;
    }

    /** Of every pod that it makes, by the name of what makes it. */
    Map<String, PodSpec> pods() {
        Map<String, PodSpec> pods = new LinkedHashMap<>();
        templates().forEach((name, template) -> pods.put(name, template.getSpec()));
        all(Pod.class).forEach(pod -> pods.put(pod.getMetadata().getName(), pod.getSpec()));
        return pods;
    }

    Map<String, PodTemplateSpec> templates() {
        Map<String, PodTemplateSpec> templates = new LinkedHashMap<>();
        all(StatefulSet.class)
                .forEach(each -> templates.put(
                        each.getMetadata().getName(), each.getSpec().getTemplate()));
        all(DaemonSet.class)
                .forEach(each -> templates.put(
                        each.getMetadata().getName(), each.getSpec().getTemplate()));
        return templates;
    }

    /** Init containers, too. */
    static List<Container> containers(PodSpec pod) {
        return Stream.concat(
                        pod.getInitContainers() == null ? Stream.empty() : pod.getInitContainers().stream(),
                        pod.getContainers().stream())
                .toList();
    }
}
