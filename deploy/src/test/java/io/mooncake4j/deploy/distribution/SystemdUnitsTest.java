package io.mooncake4j.deploy.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The units as {@code systemd-analyze} sees them, with the launcher where it is here. */
class SystemdUnitsTest {
    private static final Path UNITS = Path.of("systemd");
    private static final String LAUNCHER = "/opt/mooncake4j/bin/mooncake4j";

    @TempDir
    Path directory;

    private Path unit(String name) throws IOException {
        String text = Files.readString(UNITS.resolve(name));
        assertThat(text).contains("ExecStart=" + LAUNCHER);
        return Files.writeString(
                directory.resolve(name),
                text.replace(
                        LAUNCHER, Path.of("bin/mooncake4j").toAbsolutePath().toString()));
    }

    private OperatorTool.Result analyze(String... arguments) throws IOException, InterruptedException {
        return OperatorTool.onPath("systemd-analyze", "systemd").run(directory, arguments);
    }

    private OperatorTool.Result verify(Path unit) throws IOException, InterruptedException {
        return analyze("verify", "--man=no", "--recursive-errors=no", unit.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mooncake4j-master.service", "mooncake4j-node.service"})
    void shouldBeUnderstoodAsAWholeWhenSystemdReadsIt(String name) throws Exception {
        OperatorTool.Result result = verify(unit(name));

        assertThat(result.output()).as("complaints").isEmpty(); // also a key that it merely ignores
        assertThat(result.exitCode()).isZero();
    }

    @Test
    void shouldComplainWhenAUnitIsWrong() throws Exception {
        Path unit = unit("mooncake4j-node.service");
        Files.writeString(unit, Files.readString(unit).replace("LimitMEMLOCK=", "LimitMEMLOK="));

        assertThat(verify(unit).output()).contains("LimitMEMLOK");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mooncake4j-master.service", "mooncake4j-node.service"})
    void shouldBeHardenedWhenSystemdRatesIt(String name) throws Exception {
        // tenths of what it calls exposure: up to 2.2 of 10; most services of a distribution have 9
        OperatorTool.Result result = analyze(
                "security",
                "--offline=true",
                "--no-pager",
                "--threshold=22",
                unit(name).toString());

        assertThat(result.exitCode()).as(result.output()).isZero();
    }

    @Test
    void shouldLockMemoryAndRestartWhenItIsANode() throws IOException {
        List<String> lines = Files.readAllLines(UNITS.resolve("mooncake4j-node.service"));

        assertThat(lines)
                .contains(
                        "LimitMEMLOCK=infinity",
                        "LimitNOFILE=1048576",
                        "AmbientCapabilities=CAP_IPC_LOCK",
                        "Restart=on-failure",
                        "NoNewPrivileges=yes")
                .noneMatch(line -> line.startsWith("PrivateDevices=")); // a /dev/shm of its own would end with it
    }

    @Test
    void shouldMakeAUserThatLogindLeavesAloneWhenInstalled() throws Exception {
        // RemoveIPC= spares system users only, and those get their number from systemd-sysusers
        assertThat(Files.readAllLines(UNITS.resolve("mooncake4j.sysusers")))
                .anyMatch(line -> line.startsWith("u mooncake4j - "));
        Path root = Files.createDirectories(directory.resolve("root/etc"));
        OperatorTool.Result made = OperatorTool.onPath("systemd-sysusers", "systemd")
                .run(
                        directory,
                        "--root=" + root.getParent(),
                        UNITS.resolve("mooncake4j.sysusers").toAbsolutePath().toString());
        assertThat(made.exitCode()).as(made.output()).isZero();
        assertThat(Files.readString(root.resolve("passwd"))).contains("mooncake4j:x:");
        int number = Integer.parseInt(Files.readAllLines(root.resolve("passwd")).stream()
                .filter(line -> line.startsWith("mooncake4j:"))
                .findFirst()
                .orElseThrow()
                .split(":")[2]);
        assertThat(number).isLessThan(1000);
    }
}
