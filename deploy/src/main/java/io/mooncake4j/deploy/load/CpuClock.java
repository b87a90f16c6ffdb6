package io.mooncake4j.deploy.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** CPU time that processes used, from Linux's /proc. */
public final class CpuClock {
    /** USER_HZ: what /proc counts in, on every Linux that Java runs on. */
    private static final double TICKS_PER_SECOND = 100;

    private CpuClock() {}

    /**
     * Seconds of CPU, user and system, all threads, since the process began.
     *
     * @throws IOException if there is no such process, or no /proc
     */
    public static double seconds(long pid) throws IOException {
        return parse(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
    }

    static double parse(String stat) {
        // the name, in parentheses, may hold anything; after it, user and system time are fields 12 and 13
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }
}
