package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.vm.DeviceKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What the kernel holds for the machine's device, as {@code rdma resource} counts it, and this process's open files.
 *
 * @param resources queue pairs, completion queues, memory regions, protection domains, ids and contexts
 */
record DeviceUse(String resources, long openFiles) {
    static DeviceUse now() {
        return new DeviceUse(resourceCounts(), openFileCount());
    }

    private static String resourceCounts() {
        try {
            Process process = new ProcessBuilder(
                            "rdma", "resource", "show", DeviceKind.here().deviceName())
                    .redirectErrorStream(true)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("rdma resource show: " + text);
            }
            return text.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static long openFileCount() {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
