package io.mooncake4j.transfer.memory;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Refuses memory that this machine or container can't give, before the kernel refuses it by a signal. */
class MemoryBudget {
    private static final String SMALLER = "a smaller --segment-size";

    private final Path proc;
    private final Path cgroups;

    private record Limit(String what, long freeBytes, String fix) {}

    MemoryBudget() {
        this(Path.of("/proc"), Path.of("/sys/fs/cgroup"));
    }

    /** Reads the limits from other places, for tests. */
    MemoryBudget(Path proc, Path cgroups) {
        this.proc = proc;
        this.cgroups = cgroups;
    }

    /**
     * Checks that so many more bytes can be used, in files of the store if there is one.
     *
     * @throws StoreException INVALID_PARAMS naming each limit that is too low, by how much, and what to do
     */
    void require(long neededBytes, @Nullable FileStore store, @Nullable Path directory) {
        List<Limit> limits = new ArrayList<>();
        try {
            if (store != null && store.getTotalSpace() > 0) {
                limits.add(new Limit(
                        "the file system of " + directory,
                        store.getUsableSpace(),
                        "mount -o remount,size=BYTES on it, docker run --shm-size=BYTES"));
            }
            addMachine(limits);
            addCgroups(limits);
        } catch (IOException | NumberFormatException e) {
            throw new StoreException(ErrorCode.INTERNAL_ERROR, "can't read the memory limits: " + e, e);
        }
        List<Limit> tooLow =
                limits.stream().filter(l -> l.freeBytes < neededBytes).toList();
        if (!tooLow.isEmpty()) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "the segment needs " + mib(neededBytes) + " more memory: "
                            + tooLow.stream()
                                    .map(l -> l.what + " has " + mib(l.freeBytes) + " free, missing "
                                            + mib(neededBytes - l.freeBytes) + " (" + l.fix + ", or " + SMALLER + ")")
                                    .collect(Collectors.joining("; ")));
        }
    }

    private void addMachine(List<Limit> limits) throws IOException {
        for (String line : linesOf(proc.resolve("meminfo"))) {
            if (line.startsWith("MemAvailable:")) {
                limits.add(
                        new Limit("this machine", Long.parseLong(line.split("\\s+")[1]) << 10, "stop something else"));
            }
        }
    }

    private void addCgroups(List<Limit> limits) throws IOException {
        for (String line : linesOf(proc.resolve("self/cgroup"))) {
            String[] parts = line.split(":", 3);
            if (parts.length != 3) {
                continue;
            }
            if (parts[1].isEmpty()) {
                addTree(limits, cgroups, parts[2], "memory.max", "memory.current", "inactive_file");
            } else if (List.of(parts[1].split(",")).contains("memory")) {
                addTree(
                        limits,
                        cgroups.resolve("memory"),
                        parts[2],
                        "memory.limit_in_bytes",
                        "memory.usage_in_bytes",
                        "total_inactive_file");
            }
        }
    }

    /** Every group from the process's own up to the root: the tightest counts. */
    private static void addTree(
            List<Limit> limits, Path root, String group, String limitFile, String usedFile, String cacheKey)
            throws IOException {
        Path own = root.resolve(group.substring(1)).normalize();
        for (Path at = own; at != null && at.startsWith(root); at = at.getParent()) {
            List<String> limit = linesOf(at.resolve(limitFile));
            List<String> used = linesOf(at.resolve(usedFile));
            if (limit.isEmpty() || used.isEmpty() || limit.get(0).equals("max")) {
                continue;
            }
            long cache = 0;
            for (String line : linesOf(at.resolve("memory.stat"))) {
                if (line.startsWith(cacheKey + " ")) {
                    cache = Long.parseLong(line.substring(cacheKey.length() + 1));
                }
            }
            long free = Long.parseLong(limit.get(0)) - Long.parseLong(used.get(0)) + cache;
            limits.add(
                    new Limit("the control group " + at, Math.max(0, free), "a higher memory limit of the container"));
        }
    }

    private static List<String> linesOf(Path file) throws IOException {
        return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
    }

    private static String mib(long bytes) {
        return (bytes + (1 << 20) - 1 >> 20) + " MiB";
    }
}
