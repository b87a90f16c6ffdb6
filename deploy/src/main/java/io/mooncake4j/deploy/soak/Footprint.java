package io.mooncake4j.deploy.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import javax.management.MBeanServerConnection;

/**
 * What a Java process holds.
 *
 * @param heapBytes live after a full garbage collection
 * @param directBytes of direct buffers
 * @param privateBytes resident, of no file: heap, direct buffers, stacks, code and what native code holds
 * @param files open file descriptors
 * @param threads without those that serve this measurement
 */
record Footprint(long heapBytes, long directBytes, long privateBytes, long files, long threads) {
    private static final String DIRECT_POOL = "java.nio:type=BufferPool,name=direct";

    static Footprint ofThisProcess() throws IOException {
        return of(
                ManagementFactory.getPlatformMBeanServer(),
                ProcessHandle.current().pid());
    }

    /** Measures the process that the connection leads to. Stops it for as long as a full garbage collection takes. */
    static Footprint of(MBeanServerConnection process, long pid) throws IOException {
        MemoryMXBean memory = ManagementFactory.newPlatformMXBeanProxy(
                process, ManagementFactory.MEMORY_MXBEAN_NAME, MemoryMXBean.class);
        memory.gc(); // direct buffers are freed by a thread that the first one wakes
        memory.gc();
        BufferPoolMXBean direct =
                ManagementFactory.newPlatformMXBeanProxy(process, DIRECT_POOL, BufferPoolMXBean.class);
        ThreadMXBean threads = ManagementFactory.newPlatformMXBeanProxy(
                process, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
        return new Footprint(
                memory.getHeapMemoryUsage().getUsed(),
                direct.getMemoryUsed(),
                privateBytes(pid),
                openFiles(pid),
                Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                        .filter(Objects::nonNull)
                        .filter(thread -> !measures(thread))
                        .count());
    }

    private static boolean measures(ThreadInfo thread) {
        String name = thread.getThreadName();
        return name.startsWith("RMI ") || name.startsWith("JMX ") || name.equals("Attach Listener");
    }

    private static long privateBytes(long pid) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(0);
        }
    }

    private static long openFiles(long pid) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return files.count();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    Footprint minus(Footprint earlier) {
        return new Footprint(
                heapBytes - earlier.heapBytes,
                directBytes - earlier.directBytes,
                privateBytes - earlier.privateBytes,
                files - earlier.files,
                threads - earlier.threads);
    }

    /** Whether some part of this is more than in the other. */
    boolean exceeds(Footprint limits) {
        return heapBytes > limits.heapBytes
                || directBytes > limits.directBytes
                || privateBytes > limits.privateBytes
                || files > limits.files
                || threads > limits.threads;
    }
}
