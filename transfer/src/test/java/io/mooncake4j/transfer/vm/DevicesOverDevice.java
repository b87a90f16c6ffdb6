package io.mooncake4j.transfer.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The virtual machine has what its tests are there for; needs nothing of ours. */
class DevicesOverDevice {
    private static final Path DEVICES = Path.of("/sys/class/infiniband");
    private final DeviceKind device = DeviceKind.here();

    @Test
    void shouldHaveOneActiveDeviceWhenStarted() throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(DEVICES)) {
            assertThat(found).extracting(each -> each.getFileName().toString()).containsExactly(device.deviceName());
        }
        assertThat(Files.readString(DEVICES.resolve(device.deviceName() + "/ports/1/state")))
                .contains("ACTIVE");
    }

    @Test
    void shouldConnectAndMoveBytesWhenPeersAreOtherPrograms() throws Exception {
        Process server = start("rping", "-s", "-C", "3", "-a", device.address());
        try {
            // it is started again until the server listens
            String client = "for i in $(seq 50); do rping -c -C 3 -V -a " + device.address()
                    + " && exit 0; sleep 0.2; done; exit 1";
            assertThat(exitCode(start("bash", "-c", client))).isZero();
            assertThat(exitCode(server)).isZero();
        } finally {
            server.destroyForcibly();
        }
    }

    private static Process start(String... command) throws IOException {
        return new ProcessBuilder(command).inheritIO().start();
    }

    private static int exitCode(Process process) throws InterruptedException {
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }
}
