package io.mooncake4j.transfer.rdma.verbs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What may help against a failed call; for those whose code alone misleads. */
final class CallHint {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String LOCKED = "Max locked memory";

    private CallHint() {}

    static String of(String call, String codeName) {
        if (call.startsWith("ibv_reg_mr") && (codeName.equals("ENOMEM") || codeName.equals("EAGAIN"))) {
            return "; this process may lock " + lockedMemory() + " bytes: raise it (ulimit -l unlimited,"
                    + " LimitMEMLOCK=infinity of systemd, --ulimit memlock=-1 of containers)";
        }
        if (call.startsWith("rdma_create_event_channel")) {
            return "; is /dev/infiniband/rdma_cm there (modprobe rdma_ucm), and given to the container?";
        }
        if (call.startsWith("ibv_open_device")) {
            return "; is /dev/infiniband/uverbs* there (modprobe ib_uverbs), and given to the container?";
        }
        return "";
    }

    private static String lockedMemory() {
        try {
            for (String line : Files.readAllLines(LIMITS)) {
                if (line.startsWith(LOCKED)) {
                    return line.substring(LOCKED.length()).trim().split("\\s+", 2)[0];
                }
            }
        } catch (IOException e) {
            return "(unknown)";
        }
        return "(unknown)";
    }
}
