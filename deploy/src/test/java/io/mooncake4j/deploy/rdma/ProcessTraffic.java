package io.mooncake4j.deploy.rdma;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How many bytes processes have read and written by system calls, sockets included: what their threads had a part in.
 * One-sided RDMA isn't in it.
 */
final class ProcessTraffic {
    private final List<Long> pids;
    private final long startBytes;

    private ProcessTraffic(List<Long> pids) {
        this.pids = pids;
        this.startBytes = sum(pids);
    }

    static ProcessTraffic of(List<Long> pids) {
        return new ProcessTraffic(pids);
    }

    /** Since this was made. */
    long bytes() {
        return sum(pids) - startBytes;
    }

    private static long sum(List<Long> pids) {
        try {
            long sum = 0;
            for (long pid : pids) {
                for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "io"))) {
                    if (line.startsWith("rchar:") || line.startsWith("wchar:")) {
                        sum += Long.parseLong(line.substring(line.indexOf(' ') + 1));
                    }
                }
            }
            return sum;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
