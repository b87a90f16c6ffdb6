package io.mooncake4j.deploy.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.memory.MemoryKind;
import io.mooncake4j.transfer.vm.DeviceKind;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What doctor finds on a machine that has a device, and what it leaves there. */
class DoctorOverDevice {
    private static final DeviceKind KIND = DeviceKind.here();

    private static Needs needs(String device, int gidIndex) {
        return new Needs(
                true, List.of(device), gidIndex, MemoryKind.parse("shm"), 64L << 20, 8, Map.of("data-port", 50052));
    }

    private static List<Finding> findings(Needs needs) {
        return new Doctor(Host.real(), RdmaView.real()).examine(needs);
    }

    private static String found(List<Finding> findings, Level level, String check) {
        return findings.stream()
                .filter(finding -> finding.check().equals(check) && finding.level() == level)
                .map(Finding::found)
                .collect(Collectors.joining("\n"));
    }

    @Test
    void shouldTryTheDeviceAndFindNoProblemWhenItWorks() {
        List<Finding> findings = findings(needs(KIND.deviceName(), 0));

        assertThat(findings).as("%s", findings).noneMatch(finding -> finding.level() == Level.PROBLEM);
        assertThat(found(findings, Level.OK, "use")).contains(KIND.deviceName() + " (" + KIND.address() + ")");
        assertThat(found(findings, Level.OK, "trial")).contains("WRITE of 1 MB", "bytes are equal");
        assertThat(found(findings, Level.OK, "limits")).contains(KIND.deviceName() + ": max_qp ");
        assertThat(found(findings, Level.OK, "port")).contains("ACTIVE, Ethernet", "MTU ");
        assertThat(found(findings, Level.OK, "access")).contains("/dev/infiniband/rdma_cm", "uverbs");
    }

    @Test
    @Tag("rxe")
    void shouldChooseTheAddressOverTheLinkLocalOneWhenPortSpeaksRoce() {
        assertThat(found(findings(needs(KIND.deviceName(), 0)), Level.OK, "gid-choice"))
                .contains("GID 1 would be chosen: a private IPv4 address with a network device");
    }

    @Test
    @Tag("siw")
    void shouldTakeTheOneGidWhenPortSpeaksIwarp() {
        List<Finding> findings = findings(needs(KIND.deviceName(), 0));

        assertThat(found(findings, Level.OK, "gid-choice")).contains("GID 0 would be chosen", "iWARP");
        assertThat(found(findings, Level.OK, "limits")).contains("max_sge_rd 1");
    }

    @Test
    void shouldNameTheValidIndexesWhenTheGidIsNotThere() {
        assertThat(found(findings(needs(KIND.deviceName(), 9)), Level.WARNING, "gid-choice"))
                .contains("device " + KIND.deviceName() + ", port 1, has no GID 9", "it has: 0 (");
    }

    @Test
    void shouldNameTheDevicesThatThereAreWhenAnotherIsAskedFor() {
        List<Finding> findings = findings(needs("erdma_7", 0));

        assertThat(found(findings, Level.PROBLEM, "use")).contains("no device of erdma_7", KIND.deviceName());
        assertThat(found(findings, Level.OK, "trial")).isEmpty();
    }
}
