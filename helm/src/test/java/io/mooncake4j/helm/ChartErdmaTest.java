package io.mooncake4j.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What {@code erdma.enabled=true} gives. */
class ChartErdmaTest {
    private static PodSpec node(Map<String, Object> values) {
        return Chart.render("values-ecs-erdma.yaml", values).node().getSpec();
    }

    @Test
    void shouldBeOnAHostWithTheDeviceAndInItsNetworkWhenEnabled() {
        PodSpec node = node(Map.of());

        assertThat(node.getHostNetwork()).isTrue();
        assertThat(node.getDnsPolicy()).isEqualTo("ClusterFirstWithHostNet");
        assertThat(node.getNodeSelector()).containsEntry("aliyun.accelerator/erdma", "true");
        Container container = node.getContainers().get(0);
        assertThat(container.getResources().getLimits()).containsEntry("aliyun/erdma", new Quantity("1"));
        assertThat(container.getResources().getRequests()).containsEntry("aliyun/erdma", new Quantity("1"));
    }

    @Test
    void shouldLockMemoryByOneCapabilityWhenEnabled() {
        PodSpec node = node(Map.of());

        // an added capability reaches no other user than 0
        assertThat(node.getSecurityContext().getRunAsUser()).isZero();
        assertThat(node.getContainers()
                        .get(0)
                        .getSecurityContext()
                        .getCapabilities()
                        .getAdd())
                .containsExactly("IPC_LOCK");
    }

    @Test
    void shouldRunAsANumberedUserWhenTheHostsLimitLetsItLock() {
        PodSpec node = node(Map.of("erdma.lockMemoryBy", "limit"));

        assertThat(node.getSecurityContext().getRunAsUser()).isEqualTo(10001);
        assertThat(node.getContainers()
                        .get(0)
                        .getSecurityContext()
                        .getCapabilities()
                        .getAdd())
                .isEmpty();
    }

    @Test
    void shouldHaveHugePagesForSegmentAndHeaderWhenTheyAreAskedFor() {
        Container node = node(Map.of()).getContainers().get(0);

        assertThat(node.getResources().getLimits().get("hugepages-2Mi"))
                .isEqualTo(new Quantity(Integer.toString(200 * 1024 + 2), "Mi"));
        assertThat(Chart.render("values-ecs-erdma.yaml", Map.of()).settings("node.yaml"))
                .containsEntry("memory", "hugetlbfs:/dev/hugepages/m4j")
                .containsEntry("protocol", "rdma");
    }

    @Test
    void shouldPassMooncakesSettingsOnWhenGiven() {
        Container node = node(Map.of("erdma.gidIndex", 3, "erdma.compatMode", "on"))
                .getContainers()
                .get(0);

        assertThat(node.getEnv())
                .anyMatch(each ->
                        each.getName().equals("MC_GID_INDEX") && each.getValue().equals("3"));
        assertThat(node.getEnv())
                .anyMatch(each -> each.getName().equals("MC_ERDMA_COMPAT_MODE")
                        && each.getValue().equals("on"));
    }

    @Test
    void shouldAskTheDoctorFirstWhenEnabled() {
        PodSpec node = node(Map.of());

        Container doctor = node.getInitContainers().get(0);
        Container itself = node.getContainers().get(0);
        assertThat(doctor.getArgs()).containsExactly("doctor");
        // what it finds has to be true of the node: same rights, same device, same settings
        assertThat(doctor.getSecurityContext()).isEqualTo(itself.getSecurityContext());
        assertThat(doctor.getResources()).isEqualTo(itself.getResources());
        assertThat(doctor.getEnv()).isEqualTo(itself.getEnv());
        assertThat(doctor.getVolumeMounts()).isEqualTo(itself.getVolumeMounts());
    }

    @Test
    void shouldStartWithoutTheDoctorWhenThatIsSwitchedOff() {
        assertThat(node(Map.of("erdma.doctor.enabled", false)).getInitContainers())
                .isEmpty();
        assertThat(Chart.render("values-ecs-tcp.yaml", Map.of())
                        .node()
                        .getSpec()
                        .getInitContainers())
                .isEmpty();
    }

    @Test
    void shouldLeaveMastersAloneWhenEnabled() {
        PodSpec master = Chart.render("values-ecs-erdma.yaml", Map.of())
                .masters()
                .getSpec()
                .getTemplate()
                .getSpec();

        assertThat(master.getHostNetwork()).isNull();
        assertThat(master.getContainers().get(0).getResources().getLimits()).doesNotContainKey("aliyun/erdma");
    }

    @Test
    void shouldSayWhatOnlyHostsCanGiveWhenTheValuesAreRead() throws Exception {
        assertThat(Files.readString(Chart.DIRECTORY.resolve("values-ecs-erdma.yaml")))
                .contains("EriQuantity", "8500", "nr_hugepages=102401");
    }
}
