package io.mooncake4j.deploy.doctor;

import io.mooncake4j.deploy.doctor.Host.Space;
import io.mooncake4j.transfer.memory.MemoryKind;
import io.mooncake4j.transfer.settings.ByteSize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What this process may have of the machine: open files, locked memory, memory for the segment, ports. */
final class ProcessChecks {
    private static final String UNLIMITED = "unlimited";
    private static final int CAP_IPC_LOCK = 14;
    /** A node has one for each connection of a client, and more for RDMA. */
    private static final long NODE_FILES = 8192;

    private static final long CLIENT_FILES = 1024;
    private static final String HUGE = "/sys/kernel/mm/hugepages";
    private static final Path SHM = Path.of("/dev/shm");
    /** Reserved by eRDMA's driver in compat mode, in every network namespace. */
    private static final int FIRST_ERDMA_PORT = 30608;

    private static final int LAST_ERDMA_PORT = 30623;

    private final Host host;
    private final Needs needs;
    private final Findings findings;

    ProcessChecks(Host host, Needs needs, Findings findings) {
        this.host = host;
        this.needs = needs;
        this.findings = findings;
    }

    void run() {
        openFiles();
        lockedMemory();
        hugePages();
        sharedMemory();
        ports();
    }

    /** Of the process, by the words that Linux has for it; empty where that can't be read. */
    private String limit(String words) {
        return host.text("/proc/self/limits")
                .lines()
                .filter(line -> line.startsWith(words))
                .map(line -> line.substring(words.length()).strip().split("\\s+", 2)[0])
                .findFirst()
                .orElse("");
    }

    private void openFiles() {
        String limit = limit("Max open files");
        long needed = needs.isNode() ? NODE_FILES : CLIENT_FILES;
        if (limit.isEmpty()) {
            findings.unknown("open-files", "/proc/self/limits can't be read", "see ulimit -n");
        } else if (!limit.equals(UNLIMITED) && Long.parseLong(limit) < needed) {
            findings.warning(
                    "open-files",
                    limit + " (ulimit -n), of which each connection takes some",
                    "ulimit -n 1048576; LimitNOFILE= of systemd, --ulimit nofile= of containers");
        } else {
            findings.ok("open-files", limit + " (ulimit -n)");
        }
    }

    private void lockedMemory() {
        String limit = limit("Max locked memory");
        if (limit.isEmpty()) {
            findings.unknown("locked-memory", "/proc/self/limits can't be read", "see ulimit -l");
        } else if (limit.equals(UNLIMITED)) {
            findings.ok("locked-memory", "unlimited (ulimit -l); to be registered: " + needs.what());
        } else if (hasIpcLock()) {
            findings.ok(
                    "locked-memory",
                    ByteSize.rounded(Long.parseLong(limit))
                            + " (ulimit -l), but IPC_LOCK lifts that; to be registered: " + needs.what());
        } else if (Long.parseLong(limit) < needs.bytes()) {
            findings.noRdma(
                    "locked-memory",
                    ByteSize.rounded(Long.parseLong(limit)) + " (ulimit -l), and to be registered is " + needs.what(),
                    "ulimit -l unlimited; LimitMEMLOCK=infinity of systemd, --ulimit memlock=-1 of containers,"
                            + " IPC_LOCK and user 0 in Kubernetes");
        } else {
            findings.ok(
                    "locked-memory",
                    ByteSize.rounded(Long.parseLong(limit)) + " (ulimit -l); to be registered: " + needs.what());
        }
    }

    private boolean hasIpcLock() {
        return host.text("/proc/self/status")
                .lines()
                .filter(line -> line.startsWith("CapEff:"))
                .anyMatch(line -> (Long.parseUnsignedLong(
                                                line.substring("CapEff:".length())
                                                        .strip(),
                                                16)
                                        >>> CAP_IPC_LOCK
                                & 1)
                        == 1);
    }

    private void hugePages() {
        List<String> pools = new ArrayList<>();
        long bytes = 0;
        long freeBytes = 0;
        for (String pool : host.names(HUGE)) {
            long pageBytes = 1024 * number(pool.replaceAll("[^0-9]", ""));
            long pages = number(host.text(HUGE + "/" + pool + "/nr_hugepages"));
            long free = number(host.text(HUGE + "/" + pool + "/free_hugepages"));
            pools.add(pages + " of " + ByteSize.rounded(pageBytes) + ", " + free + " free");
            bytes += pages * pageBytes;
            freeBytes += free * pageBytes;
        }
        String text = pools.isEmpty() ? "none" : String.join("; ", pools);
        MemoryKind memory = needs.memory();
        if (memory == null || memory.source() != MemoryKind.Source.HUGETLBFS) {
            findings.ok("huge-pages", text + "; not asked for");
        } else {
            String fix = "sysctl -w vm.nr_hugepages=N early after boot: the segment's size / 2 MB + 1; in Kubernetes"
                    + " hugepages-2Mi";
            room("huge-pages", text, memory, new Space(bytes, freeBytes, 0), fix);
        }
    }

    private void sharedMemory() {
        MemoryKind memory = needs.memory();
        Path directory = memory != null && memory.source() == MemoryKind.Source.SHM ? memory.directory() : null;
        Path asked = directory == null ? SHM : directory;
        Optional<Space> space = host.space(asked);
        if (space.isEmpty()) {
            findings.unknown("shm", asked + " can't be asked for its size", "see df " + asked);
            return;
        }
        String text = asked + ": " + ByteSize.rounded(space.get().totalBytes()) + ", "
                + ByteSize.rounded(space.get().freeBytes()) + " free";
        if (memory == null || directory == null) {
            findings.ok("shm", text + "; not asked for");
            return;
        }
        String fix = "mount -o remount,size=SIZE /dev/shm; --shm-size or --ipc host of containers";
        room("shm", text, memory, space.get(), fix);
    }

    /** A node that returns finds its file there, and takes no more room. */
    private void room(String check, String text, MemoryKind memory, Space space, String fix) {
        String asked = ", and " + memory + " is to hold " + needs.what();
        if (space.totalBytes() < needs.bytes()) {
            findings.problem(check, text + asked, fix + "; or a smaller --segment-size");
        } else if (space.freeBytes() < needs.bytes()) {
            findings.warning(check, text + asked, "fine if a file of this node takes the rest; else " + fix);
        } else {
            findings.ok(check, text + asked);
        }
    }

    private void ports() {
        List<String> taken = needs.ports().entrySet().stream()
                .filter(port -> port.getValue() >= FIRST_ERDMA_PORT && port.getValue() <= LAST_ERDMA_PORT)
                .map(port -> "--" + port.getKey() + " " + port.getValue())
                .sorted()
                .toList();
        String range =
                FIRST_ERDMA_PORT + " to " + LAST_ERDMA_PORT + ", which eRDMA's driver takes for itself in compat mode";
        if (taken.isEmpty()) {
            findings.ok(
                    "ports",
                    needs.ports().values().stream()
                                    .sorted()
                                    .map(String::valueOf)
                                    .toList() + ": none of " + range);
        } else {
            findings.problem("ports", String.join(", ", taken) + ": of " + range, "another port");
        }
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
