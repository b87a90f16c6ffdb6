package io.mooncake4j.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Applied to an API server, if only one that keeps what it gets. */
@EnableKubernetesMockClient(crud = true)
class ChartAppliedTest {
    private static final ResourceDefinitionContext MONITOR = custom("ServiceMonitor", "servicemonitors");
    private static final ResourceDefinitionContext RULE = custom("PrometheusRule", "prometheusrules");
    /** Kept, so that its level is. */
    private static final Logger SERVER_LOG = Logger.getLogger("io.fabric8.mockwebserver");

    private KubernetesClient client;

    @BeforeAll
    static void beQuiet() {
        SERVER_LOG.setLevel(Level.WARNING);
    }

    private static ResourceDefinitionContext custom(String kind, String plural) {
        return new ResourceDefinitionContext.Builder()
                .withGroup("monitoring.coreos.com")
                .withVersion("v1")
                .withKind(kind)
                .withPlural(plural)
                .withNamespaced(true)
                .build();
    }

    private Resource<?> resource(HasMetadata item) {
        if (item instanceof GenericKubernetesResource generic) {
            return client.genericKubernetesResources(generic.getKind().equals("PrometheusRule") ? RULE : MONITOR)
                    .inNamespace(Chart.NAMESPACE)
                    .resource(generic);
        }
        return client.resource(item).inNamespace(Chart.NAMESPACE);
    }

    @Test
    void shouldBeThereWhenApplied() {
        for (HasMetadata each : Chart.render("values-ecs-tcp.yaml", Map.of()).all()) {
            resource(each).create();
        }

        assertThat(client.apps()
                        .statefulSets()
                        .inNamespace(Chart.NAMESPACE)
                        .withName(Chart.FULL_NAME + "-master")
                        .get()
                        .getSpec()
                        .getReplicas())
                .isEqualTo(3);
        assertThat(client.apps()
                        .daemonSets()
                        .inNamespace(Chart.NAMESPACE)
                        .list()
                        .getItems())
                .hasSize(1);
        assertThat(client.services().inNamespace(Chart.NAMESPACE).list().getItems())
                .hasSize(3);
        assertThat(client.genericKubernetesResources(MONITOR)
                        .inNamespace(Chart.NAMESPACE)
                        .list()
                        .getItems())
                .hasSize(1);
    }

    @Test
    void shouldChangeNothingElseWhenUpgradedWithAnotherImage() {
        Manifests before = Chart.render("values-ecs-tcp.yaml", Map.of("image.tag", "1"));
        Manifests after = Chart.render("values-ecs-tcp.yaml", Map.of("image.tag", "2"));
        before.all().forEach(each -> resource(each).create());
        after.all().forEach(each -> resource(each).update());

        assertThat(client.apps()
                        .statefulSets()
                        .inNamespace(Chart.NAMESPACE)
                        .withName(Chart.FULL_NAME + "-master")
                        .get()
                        .getSpec()
                        .getSelector())
                .isEqualTo(before.masters().getSpec().getSelector()); // Kubernetes refuses another one
        assertThat(after.node().getMetadata()).isEqualTo(before.node().getMetadata());
    }
}
