package io.mooncake4j.deploy.doctor;

import io.mooncake4j.transfer.rdma.RdmaTrialResult;
import io.mooncake4j.transfer.rdma.verbs.DeviceInfo;
import io.mooncake4j.transfer.rdma.verbs.DeviceLimits;
import io.mooncake4j.transfer.rdma.verbs.FoundDevices;
import io.mooncake4j.transfer.rdma.verbs.RdmaSupport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** A machine that is made of files, and of devices that say what they are told to. */
public final class FakeMachine {
    public static final DeviceLimits ERDMA_LIMITS =
            new DeviceLimits(130_048, 8192, 6, 1, 260_096, 1_048_576, 260_096, 64L << 30, 128, 96, "erdma");
    private static final String LIMITS = """
            Limit                     Soft Limit           Hard Limit           Units
            Max open files            %s                %s               files
            Max locked memory         %s            %s            bytes
            """;

    private final Path root;
    private final List<DeviceInfo> devices = new ArrayList<>();
    private Host.Space space = new Host.Space(240L << 30, 230L << 30, 4096);
    private RdmaSupport library =
            new RdmaSupport(true, "/opt/mooncake4j/lib/native/libdisni.so, version 0.1.0/2 for x86_64-linux-gnu");
    private RdmaTrialResult trial = new RdmaTrialResult("", 1 << 20, 1_200_000, 140_000, 410_000);

    public FakeMachine(Path root) {
        this.root = root;
        file("/proc/sys/kernel/osrelease", "5.10.134-16.al8.x86_64");
        file("/proc/self/status", "Name:\tjava\nCapEff:\t0000000000000000");
        file("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "0");
        file("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "0");
        file("/dev/shm/other", "");
        limits("1048576", "unlimited");
    }

    public FakeMachine file(String name, String content) {
        try {
            Path file = root.resolve(name.substring(1));
            Files.createDirectories(file.getParent());
            Files.writeString(file, content + "\n");
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public FakeMachine limits(String openFiles, String lockedMemory) {
        return file("/proc/self/limits", LIMITS.formatted(openFiles, openFiles, lockedMemory, lockedMemory));
    }

    /** Alibaba Cloud's driver, and the program that tells its package's version. */
    public FakeMachine erdma(String module, String compatMode, String eadm) throws IOException {
        file("/sys/module/erdma/version", module);
        file("/sys/module/erdma/parameters/compat_mode", compatMode);
        file("/usr/sbin/eadm", "#!/bin/sh\necho \"eadm version " + eadm + "\"");
        Files.setPosixFilePermissions(root.resolve("usr/sbin/eadm"), PosixFilePermissions.fromString("rwxr-xr-x"));
        return file("/dev/infiniband/rdma_cm", "");
    }

    /** An active device with one port and the PCI driver erdma. */
    public FakeMachine device(int number, String nodeType, String net, String mtu, String address) throws IOException {
        String name = "erdma_" + number;
        String directory = "/sys/class/infiniband/" + name;
        file(directory + "/node_type", nodeType);
        file(directory + "/fw_ver", "1.0.0");
        Files.createDirectories(root.resolve(directory.substring(1)).resolve("device"));
        Files.createSymbolicLink(
                root.resolve(directory.substring(1)).resolve("device/driver"),
                Path.of("../../../../bus/pci/drivers/erdma"));
        port(number, "4: ACTIVE");
        file(directory + "/ports/1/link_layer", "Ethernet");
        file(directory + "/ports/1/rate", "100 Gb/sec (4X EDR)");
        file("/sys/class/infiniband_verbs/uverbs" + number + "/ibdev", name);
        file("/dev/infiniband/uverbs" + number, "");
        file("/sys/class/net/" + net + "/address", "00:16:3e:12:34:5" + number);
        file("/sys/class/net/" + net + "/mtu", mtu);
        devices.add(new DeviceInfo(
                name, "erdma", nodeType.endsWith("RNIC"), true, List.of(InetAddress.getByName(address)), ERDMA_LIMITS));
        return this;
    }

    /** As where that device wasn't given to the container, for which libibverbs doesn't have it then. */
    public FakeMachine withoutFile(int number) throws IOException {
        Files.delete(root.resolve("dev/infiniband/uverbs" + number));
        devices.removeIf(device -> device.name().equals("erdma_" + number));
        return this;
    }

    /** Takes the port of the device that was added last down. */
    public FakeMachine downPort(int number) {
        DeviceInfo was = devices.remove(devices.size() - 1);
        devices.add(new DeviceInfo(was.name(), was.driver(), was.iwarp(), false, was.addresses(), was.limits()));
        return port(number, "1: DOWN");
    }

    private FakeMachine port(int number, String state) {
        return file("/sys/class/infiniband/erdma_" + number + "/ports/1/state", state);
    }

    /** @param type as Linux writes it */
    public FakeMachine gid(int number, int index, String gid, String type, String net) {
        String port = "/sys/class/infiniband/erdma_" + number + "/ports/1/";
        file(port + "gids/" + index, gid);
        file(port + "gid_attrs/types/" + index, type);
        return net.isEmpty() ? this : file(port + "gid_attrs/ndevs/" + index, net);
    }

    public FakeMachine space(long totalBytes, long freeBytes) {
        space = new Host.Space(totalBytes, freeBytes, 4096);
        return this;
    }

    public FakeMachine library(RdmaSupport support) {
        library = support;
        return this;
    }

    public FakeMachine trial(RdmaTrialResult result) {
        trial = result;
        return this;
    }

    public Doctor doctor() {
        return new Doctor(new Host(root, directory -> space), new RdmaView() {
            @Override
            public RdmaSupport library() {
                return library;
            }

            @Override
            public FoundDevices devices() {
                return new FoundDevices(devices, List.of());
            }

            @Override
            public RdmaTrialResult trial(String device) {
                return trial;
            }
        });
    }
}
