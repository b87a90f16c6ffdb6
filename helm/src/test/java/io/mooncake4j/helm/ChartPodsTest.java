package io.mooncake4j.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a pod may do, when it is taken for alive and ready, and what it gets, in every rendering. */
class ChartPodsTest {
    static Stream<Map.Entry<String, Manifests>> renderings() {
        return Chart.renderings();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("renderings")
    void shouldHaveNoPrivilegeWhenRendered(Map.Entry<String, Manifests> rendering) {
        rendering.getValue().pods().forEach((name, pod) -> {
            assertThat(pod.getSecurityContext().getSeccompProfile().getType())
                    .as(name)
                    .isEqualTo("RuntimeDefault");
            assertThat(pod.getAutomountServiceAccountToken()).as(name).isFalse();
            assertThat(pod.getHostPID()).as(name).isNull();
            assertThat(pod.getHostIPC()).as(name).isNull();
            for (Container container : Manifests.containers(pod)) {
                SecurityContext security = container.getSecurityContext();
                assertThat(security.getPrivileged()).as(name).isFalse();
                assertThat(security.getAllowPrivilegeEscalation()).as(name).isFalse();
                assertThat(security.getReadOnlyRootFilesystem()).as(name).isTrue();
                assertThat(security.getCapabilities().getDrop()).as(name).containsExactly("ALL");
                assertThat(security.getRunAsUser()).as(name).isNull(); // the pod says who
            }
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("renderings")
    void shouldRunAsANumberedUserWhenItLocksNoMemory(Map.Entry<String, Manifests> rendering) {
        rendering.getValue().pods().forEach((name, pod) -> {
            boolean locks = Manifests.containers(pod).stream()
                    .anyMatch(each -> !each.getSecurityContext()
                            .getCapabilities()
                            .getAdd()
                            .isEmpty());
            if (!locks) {
                assertThat(pod.getSecurityContext().getRunAsNonRoot()).as(name).isTrue();
                assertThat(pod.getSecurityContext().getRunAsUser()).as(name).isEqualTo(10001);
            }
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("renderings")
    void shouldHaveAServiceAccountWithoutATokenWhenRendered(Map.Entry<String, Manifests> rendering) {
        List<ServiceAccount> accounts = rendering.getValue().all(ServiceAccount.class);
        assertThat(accounts).hasSize(1);
        assertThat(accounts.get(0).getAutomountServiceAccountToken()).isFalse();
        rendering
                .getValue()
                .pods()
                .forEach((name, pod) -> assertThat(pod.getServiceAccountName())
                        .as(name)
                        .isEqualTo(accounts.get(0).getMetadata().getName()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("renderings")
    void shouldKeepVariablesOfServicesOutWhenTheyCouldBeTakenForSettings(Map.Entry<String, Manifests> rendering) {
        rendering
                .getValue()
                .pods()
                .forEach((name, pod) ->
                        assertThat(pod.getEnableServiceLinks()).as(name).isFalse());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("renderings")
    void shouldMountWhatIsThereWhenRendered(Map.Entry<String, Manifests> rendering) {
        rendering.getValue().pods().forEach((name, pod) -> {
            List<String> volumes = Stream.concat(
                            pod.getVolumes() == null
                                    ? Stream.empty()
                                    : pod.getVolumes().stream().map(Volume::getName),
                            name.endsWith("-etcd") ? Stream.of("data") : Stream.empty()) // perhaps a claim
                    .toList();
            Manifests.containers(pod)
                    .forEach(container -> assertThat(container.getVolumeMounts())
                            .as(name)
                            .allSatisfy(mount -> assertThat(volumes).contains(mount.getName())));
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("renderings")
    void shouldAskForWhatItIsLimitedToWhenItIsMemory(Map.Entry<String, Manifests> rendering) {
        rendering.getValue().pods().forEach((name, pod) -> {
            for (Container container : Manifests.containers(pod)) {
                Map<String, Quantity> limits = container.getResources().getLimits();
                Map<String, Quantity> requests = container.getResources().getRequests();
                assertThat(limits).as(name).containsKey("memory");
                assertThat(limits).as(name).doesNotContainKey("cpu"); // a throttled master loses its lease
                assertThat(requests).as(name).containsKeys("memory", "cpu");
                if (!name.endsWith("-etcd")) {
                    assertThat(requests.get("memory")).as(name).isEqualTo(limits.get("memory"));
                }
            }
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("renderings")
    void shouldBeProbedAtAPortThatItHasWhenRendered(Map.Entry<String, Manifests> rendering) {
        rendering.getValue().templates().forEach((name, template) -> {
            Container container = template.getSpec().getContainers().get(0);
            assertThat(probes(container)).as(name).hasSize(3).allSatisfy(probe -> {
                String port = (probe.getHttpGet() == null
                                ? probe.getTcpSocket().getPort()
                                : probe.getHttpGet().getPort())
                        .getStrVal();
                assertThat(container.getPorts()).anyMatch(each -> each.getName().equals(port));
            });
        });
    }

    private static List<Probe> probes(Container container) {
        return Stream.of(container.getStartupProbe(), container.getReadinessProbe(), container.getLivenessProbe())
                .toList();
    }

    @Test
    void shouldRestartOnlyWhatDoesNotWorkWhenProbed() {
        Manifests rendered = Chart.render(Chart.AN_ETCD);
        for (PodSpec pod : List.of(
                rendered.masters().getSpec().getTemplate().getSpec(),
                rendered.node().getSpec())) {
            Container container = pod.getContainers().get(0);
            assertThat(container.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/health"); // never etcd
            assertThat(container.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/ready");
            Probe startup = container.getStartupProbe();
            assertThat(startup.getFailureThreshold() * startup.getPeriodSeconds())
                    .isGreaterThanOrEqualTo(300);
        }
    }

    @Test
    void shouldWaitForAHandoverLongEnoughWhenAPodEnds() {
        PodSpec master =
                Chart.render(Chart.AN_ETCD).masters().getSpec().getTemplate().getSpec();
        List<String> preStop = master.getContainers()
                .get(0)
                .getLifecycle()
                .getPreStop()
                .getExec()
                .getCommand();

        // 20 s is what a server gives itself to stop, and the hook's time counts
        assertThat(master.getTerminationGracePeriodSeconds())
                .isGreaterThan(20 + Integer.parseInt(preStop.get(preStop.size() - 1)));
    }

    @Test
    void shouldFitSegmentAndHeapWhenMemoryIsNotSaid() {
        Container node = Chart.render(Map.of(
                        "etcd.endpoints",
                        List.of("http://etcd.example:2379"),
                        "node.segmentSize",
                        "64GB",
                        "node.heap",
                        "1g"))
                .node()
                .getSpec()
                .getContainers()
                .get(0);

        assertThat(node.getResources().getLimits().get("memory"))
                .isEqualTo(new Quantity(Integer.toString((64 + 1) * 1024 + 512), "Mi"));
    }
}
