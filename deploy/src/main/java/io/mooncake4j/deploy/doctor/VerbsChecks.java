package io.mooncake4j.deploy.doctor;

import io.mooncake4j.transfer.memory.MemoryKind;
import io.mooncake4j.transfer.rdma.DeviceChoice;
import io.mooncake4j.transfer.rdma.RdmaTrialResult;
import io.mooncake4j.transfer.rdma.verbs.DeviceInfo;
import io.mooncake4j.transfer.rdma.verbs.DeviceLimits;
import io.mooncake4j.transfer.rdma.verbs.FoundDevices;
import io.mooncake4j.transfer.rdma.verbs.RdmaSupport;
import io.mooncake4j.transfer.settings.ByteSize;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the devices say to this process itself: which one is used, what it can do, and whether it does. */
final class VerbsChecks {
    /** Kept free for others on a node. */
    private static final int SPARE_QUEUE_PAIRS = 16;
    /** What eRDMA takes in all, on pages of 4 KB. */
    private static final long ERDMA_SMALL_PAGES_BYTES = 64L << 30;

    private final RdmaView rdma;
    private final Needs needs;
    private final Findings findings;

    VerbsChecks(RdmaView rdma, Needs needs, Findings findings) {
        this.rdma = rdma;
        this.needs = needs;
        this.findings = findings;
    }

    void run(List<HostDevice> seen) {
        RdmaSupport library = rdma.library();
        if (!library.on()) {
            if (seen.isEmpty() && !needs.rdmaWanted()) {
                findings.ok("library", "not loaded, and not needed");
            } else {
                findings.noRdma("library", library.reason(), "");
                unasked(seen);
            }
            return;
        }
        findings.ok("library", library.reason());
        FoundDevices found;
        try {
            found = rdma.devices();
        } catch (IOException e) {
            findings.noRdma("verbs", "the devices can't be asked: " + e.getMessage(), "");
            return;
        }
        if (seen.isEmpty()) {
            return; // said already
        }
        unusable(seen, found);
        chosen(found);
        List<DeviceInfo> usable = found.devices().stream()
                .filter(device ->
                        DeviceChoice.of(List.of(device), needs.devices()).isPresent())
                .toList();
        usable.forEach(this::limits);
        usable.forEach(this::trial);
    }

    private void unasked(List<HostDevice> seen) {
        if (!seen.isEmpty()) {
            findings.unknown("trial", "without the library no device can be asked for its limits, or tried", "");
        }
    }

    /** Devices that Linux has and libibverbs hasn't. */
    private void unusable(List<HostDevice> seen, FoundDevices found) {
        for (String text : found.unusable()) {
            String name = text.split(" ", 2)[0];
            if (needs.allows(name)) {
                findings.noRdma(name, "verbs", "can't be opened: " + text, "");
            }
        }
        for (HostDevice device : seen) {
            boolean known =
                    found.devices().stream().anyMatch(each -> each.name().equals(device.name()))
                            || found.unusable().stream().anyMatch(text -> text.startsWith(device.name() + " "));
            if (!known && needs.allows(device.name())) {
                findings.noRdma(
                        device.name(),
                        "verbs",
                        device.name() + " isn't shown by libibverbs",
                        "its provider: apt-get install ibverbs-providers; and /dev/infiniband/uverbs*");
            }
        }
    }

    private void chosen(FoundDevices found) {
        Optional<DeviceChoice> choice = DeviceChoice.of(found.devices(), needs.devices());
        if (choice.isPresent()) {
            findings.ok(
                    "use",
                    choice.get().device().name() + " (" + choice.get().address().getHostAddress()
                            + ") would be used: the first of "
                            + (needs.devices().isEmpty() ? "all" : String.join(", ", needs.devices()))
                            + " whose port is active and that has an IPv4 address");
            return;
        }
        boolean active =
                found.devices().stream().anyMatch(device -> device.portActive() && needs.allows(device.name()));
        findings.noRdma(
                "use",
                DeviceChoice.none(found, needs.devices()),
                active
                        ? "rdma_cm finds the device by an address of this network: ip address add; a container needs the"
                                + " host's network (--network host, hostNetwork: true)"
                        : "");
    }

    private void limits(DeviceInfo device) {
        DeviceLimits limits = device.limits();
        findings.ok(
                "limits",
                device.name() + ": max_qp " + limits.maxQp() + ", max_qp_wr " + limits.maxQpWr() + ", max_cq "
                        + limits.maxCq() + ", max_cqe " + limits.maxCqe() + ", max_mr " + limits.maxMr()
                        + ", max_mr_size " + size(limits.maxMrBytes()) + ", max_sge " + limits.maxSge()
                        + ", max_sge_rd " + limits.maxSgeRead() + ", inline " + limits.inlineBytes());
        int queuePairs = needs.queuePairs() + (needs.isNode() ? SPARE_QUEUE_PAIRS : 0);
        least(device, "max_qp", limits.maxQp(), queuePairs, "queue pairs");
        least(device, "max_mr", limits.maxMr(), needs.regions(), "regions");
        least(device, "max_cq", limits.maxCq(), 2, "completion queues");
        if (Long.compareUnsigned(limits.maxMrBytes(), needs.largestRegionBytes()) < 0) {
            findings.noRdma(
                    device.name(),
                    "limits",
                    device.name() + ": max_mr_size " + size(limits.maxMrBytes()) + ", and a region of "
                            + ByteSize.rounded(needs.largestRegionBytes()) + " is to be registered",
                    needs.isNode() ? "another device" : "a smaller --local-buffer-size");
        }
        MemoryKind memory = needs.memory();
        if (device.driver().equals("erdma")
                && memory != null
                && memory.source() != MemoryKind.Source.HUGETLBFS
                && needs.bytes() > ERDMA_SMALL_PAGES_BYTES) {
            findings.warning(
                    "limits",
                    device.name() + ": eRDMA takes 96 to 128 GB in all on pages of 4 KB, and this is " + needs.what(),
                    "huge pages: --memory hugetlbfs:/dev/hugepages/mooncake4j");
        }
    }

    private void least(DeviceInfo device, String limit, int has, long needed, String what) {
        if (has < needed) {
            findings.noRdma(
                    device.name(),
                    "limits",
                    device.name() + ": " + limit + " " + has + ", and " + needed + " " + what + " are needed",
                    needs.isNode() ? "a smaller --segment-size, or another device" : "another device");
        }
    }

    private static String size(long bytes) {
        return bytes < 0 ? "without limit" : ByteSize.rounded(bytes);
    }

    private void trial(DeviceInfo device) {
        RdmaTrialResult result = rdma.trial(device.name());
        if (result.passed()) {
            findings.ok(
                    "trial",
                    device.name() + ": registered memory, connected to itself by rdma_cm ("
                            + millis(result.connectNanos())
                            + "), WRITE of " + ByteSize.rounded(result.bytes()) + " (" + millis(result.writeNanos())
                            + "), READ (" + millis(result.readNanos()) + "), bytes are equal");
        } else {
            findings.noRdma(
                    device.name(),
                    "trial",
                    device.name() + ": failed to " + result.failure(),
                    "see the lines above it first; then dmesg");
        }
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
}
