package io.mooncake4j.deploy.doctor;

import io.mooncake4j.deploy.doctor.HostDevice.HostPort;
import io.mooncake4j.transfer.rdma.gid.GidChoice;
import io.mooncake4j.transfer.rdma.gid.GidEntry;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.ArrayList;
import java.util.List;

/** Devices, their ports and GIDs, as Linux shows them without a library. */
final class DeviceChecks {
    private static final String RDMA_CM = "/dev/infiniband/rdma_cm";
    private static final String GIVE =
            "a container needs --device /dev/infiniband, in Kubernetes the resource aliyun/erdma";
    private static final String PCI = "/sys/bus/pci/devices";
    private static final String ALIBABA = "0x1ded";
    private static final String ERI = "0x107f";

    private final Host host;
    private final Needs needs;
    private final Findings findings;

    DeviceChecks(Host host, Needs needs, Findings findings) {
        this.host = host;
        this.needs = needs;
        this.findings = findings;
    }

    void run(List<HostDevice> devices) {
        if (devices.isEmpty()) {
            none();
            return;
        }
        for (HostDevice device : devices) {
            findings.ok(
                    "device",
                    device.name() + ": " + device.protocol()
                            + (device.driver().isEmpty() ? ", in software" : ", driver " + device.driver())
                            + (device.firmware().isEmpty() ? "" : ", firmware " + device.firmware())
                            + (needs.allows(device.name()) ? "" : "; not used, since --rdma-device names others"));
            for (HostPort port : device.ports()) {
                port(device, port);
            }
        }
        mtus(devices);
        access(devices);
    }

    private void none() {
        boolean eri = host.names(PCI).stream()
                .anyMatch(each -> host.text(PCI + "/" + each + "/vendor").equals(ALIBABA)
                        && host.text(PCI + "/" + each + "/device").equals(ERI));
        findings.noRdma(
                "device",
                "none in /sys/class/infiniband" + (eri ? ", though there is an ERI (PCI 1ded:107f)" : ""),
                eri
                        ? "modprobe erdma; if there is none, install Alibaba Cloud's eRDMA driver"
                        : "load the driver of the NIC (modprobe erdma); on ECS the instance type needs an EriQuantity"
                                + " above 0, and the ENI the eRDMA interface");
    }

    private void port(HostDevice device, HostPort port) {
        String name = device.name() + " port " + port.number();
        String text = name + ": " + port.state() + ", " + port.layer() + ", " + port.rate()
                + (port.netDevices().isEmpty()
                        ? ", network device unknown"
                        : ", network device " + String.join(", ", port.netDevices()))
                + (port.mtu().isEmpty() ? "" : ", MTU " + port.mtu());
        if (!port.active()) {
            String net = port.netDevices().isEmpty() ? "ETH" : port.netDevices().get(0);
            findings.warning("port", text, "ip link set " + net + " up; see rdma link");
            return;
        }
        findings.ok("port", text);
        for (GidEntry entry : port.gids().present()) {
            findings.ok("gid", name + ": " + entry);
        }
        if (needs.allows(device.name())) {
            try {
                GidChoice choice = GidChoice.of(port.gids(), needs.gidIndex());
                findings.ok(
                        "gid-choice", name + ": GID " + choice.entry().index() + " would be chosen: " + choice.why());
            } catch (StoreException e) {
                // rdma_cm takes the GID of the device's address whatever is asked for
                findings.warning("gid-choice", e.reason(), "");
            }
        }
    }

    private void mtus(List<HostDevice> devices) {
        List<String> different = devices.stream()
                .filter(device -> needs.allows(device.name()))
                .flatMap(device -> device.ports().stream())
                .map(HostPort::mtu)
                .filter(mtu -> !mtu.isEmpty())
                .distinct()
                .toList();
        if (different.size() > 1) {
            findings.warning(
                    "mtu",
                    "network devices differ: " + String.join(", ", different),
                    "the same on all hosts and NICs, 8500 or 1500: ip link set ETH mtu N");
        } else if (!different.isEmpty()) {
            findings.ok(
                    "mtu", different.get(0) + " here; has to be the same on every host, which is not seen from here");
        }
    }

    private void access(List<HostDevice> devices) {
        List<String> open = new ArrayList<>();
        file("", RDMA_CM, "modprobe rdma_ucm; " + GIVE, open);
        for (HostDevice device : devices) {
            if (needs.allows(device.name())) {
                if (device.uverbs().isEmpty()) {
                    findings.noRdma(
                            device.name(),
                            "access",
                            device.name() + " has no file in /dev/infiniband",
                            "modprobe ib_uverbs");
                } else {
                    file(device.name(), "/dev/infiniband/" + device.uverbs(), GIVE, open);
                }
            }
        }
        if (!open.isEmpty()) {
            findings.ok("access", String.join(", ", open) + " can be read and written");
        }
    }

    /** @param device empty: of all */
    private void file(String device, String file, String ifMissing, List<String> open) {
        if (!host.exists(file)) {
            noRdma(device, file + " isn't there", ifMissing);
        } else if (!host.usable(file)) {
            noRdma(
                    device,
                    file + " can't be read and written by this user",
                    "mode 0666, as udev's rules of rdma-core give it (chmod 0666 " + file + ")");
        } else {
            open.add(file);
        }
    }

    private void noRdma(String device, String found, String fix) {
        if (device.isEmpty()) {
            findings.noRdma("access", found, fix);
        } else {
            findings.noRdma(device, "access", found, fix);
        }
    }
}
