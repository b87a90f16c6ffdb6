package io.mooncake4j.transfer.rdma.verbs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which driver a device has: from its PCI device, or, of software devices, from the vendor number they give. */
final class DriverName {
    private static final long SIW_VENDOR = 0x626d74;
    private static final long RXE_VENDOR = 0xffffff;
    private static final Path DEVICES = Path.of("/sys/class/infiniband");

    private DriverName() {}

    static String of(String device, long vendor) {
        if (vendor == SIW_VENDOR) {
            return "siw";
        }
        if (vendor == RXE_VENDOR) {
            return "rxe";
        }
        Path driver = DEVICES.resolve(device).resolve("device/driver");
        try {
            return Files.exists(driver) ? driver.toRealPath().getFileName().toString() : "unknown";
        } catch (IOException e) {
            return "unknown";
        }
    }
}
