package io.mooncake4j.deploy.doctor;

import io.mooncake4j.transfer.rdma.DeviceChoice;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Looks at a machine for all that RDMA and a node's memory need. Changes nothing. */
public final class Doctor {
    private final Host host;
    private final RdmaView rdma;

    public Doctor(Host host, RdmaView rdma) {
        this.host = host;
        this.rdma = rdma;
    }

    /**
     * All findings. Takes seconds: the devices are tried out.
     *
     * @return never empty
     */
    public List<Finding> examine(Needs needs) {
        List<HostDevice> devices = HostDevice.all(host);
        Findings findings = new Findings(rdmaFailure(needs, devices), usedDevice(needs));
        findings.ok(
                "system",
                "Java " + Runtime.version() + " in " + System.getProperty("java.home") + ", Linux "
                        + host.text("/proc/sys/kernel/osrelease"));
        if (!needs.rdmaWanted()) {
            findings.ok("protocol", "RDMA isn't asked for (--protocol rdma): bytes move over TCP");
        }
        new DeviceChecks(host, needs, findings).run(devices);
        new ErdmaChecks(host, findings).run(devices);
        new ProcessChecks(host, needs, findings).run();
        new VerbsChecks(rdma, needs, findings).run(devices);
        return findings.all();
    }

    /** Empty, too, where the devices can't be asked, which is a finding of its own. */
    private Optional<String> usedDevice(Needs needs) {
        if (!rdma.library().on()) {
            return Optional.empty();
        }
        try {
            return DeviceChoice.of(rdma.devices().devices(), needs.devices())
                    .map(choice -> choice.device().name());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Nobody misses what wasn't asked for and isn't there; devices that are there are worth a word. */
    private static Level rdmaFailure(Needs needs, List<HostDevice> devices) {
        if (needs.rdmaWanted()) {
            return Level.PROBLEM;
        }
        return devices.isEmpty() ? Level.OK : Level.WARNING;
    }
}
