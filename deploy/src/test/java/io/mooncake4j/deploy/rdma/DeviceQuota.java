package io.mooncake4j.deploy.rdma;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Leaves a process no further queue pair, completion queue or memory region of a device, until closed. */
final class DeviceQuota implements AutoCloseable {
    private static final Path ROOT = Path.of("/run/mooncake4j-cgroup");

    private final String device;
    private final Path group;

    private DeviceQuota(String device, Path group) {
        this.device = device;
        this.group = group;
    }

    /** What the process already has stays. */
    static DeviceQuota exhaust(String device, long pid) {
        try {
            if (!Files.exists(ROOT.resolve("cgroup.procs"))) {
                Files.createDirectories(ROOT);
                Program.run("mount", "-t", "cgroup2", "cgroup2", ROOT.toString());
                Files.writeString(ROOT.resolve("cgroup.subtree_control"), "+rdma");
            }
            Path group = ROOT.resolve("process-" + pid);
            Files.createDirectories(group);
            Files.writeString(group.resolve("rdma.max"), device + " hca_object=0");
            Files.writeString(group.resolve("cgroup.procs"), Long.toString(pid));
            return new DeviceQuota(device, group);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            Files.writeString(group.resolve("rdma.max"), device + " hca_object=max");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
