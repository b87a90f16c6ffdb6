package io.mooncake4j.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/mooncake4j} as users run it: processes, signals and exit codes. */
class LauncherIT {
    private static final String LAUNCHER = "bin/mooncake4j";

    @TempDir
    Path directory;

    private ScriptRun start(String... arguments) throws IOException {
        return ScriptRun.start(directory, Map.of(), LAUNCHER, arguments);
    }

    @Test
    void shouldServeAndStopCleanlyWhenTerminated() throws Exception {
        String name = "launcher-" + UUID.randomUUID();
        Path content = Files.writeString(directory.resolve("content"), "some bytes");
        Path copy = directory.resolve("copy");
        try (ScriptRun master = start("master", "--bind-host", "127.0.0.1", "--rpc-port", "0")) {
            String address = master.awaitLine("ready: master on ");
            try (ScriptRun node = start(
                    "node",
                    "--master",
                    address,
                    "--host",
                    "127.0.0.1",
                    "--data-port",
                    "0",
                    "--name",
                    name,
                    "--segment-size",
                    "16MB")) {
                node.awaitLine("ready: node " + name);
                Path memory = Path.of("/dev/shm/mooncake4j", name + ".segment");
                assertThat(memory).exists();
                assertThat(run("put", "key", content.toString(), "--master", address))
                        .isZero();
                assertThat(run("get", "key", "-o", copy.toString(), "--master", address))
                        .isZero();
                assertThat(run("get", "nothing", "--master", address)).isEqualTo(3);
                assertThat(copy).hasContent("some bytes");

                node.terminate();
                assertThat(node.exitCode()).as(node.output()).isZero();
                assertThat(memory).doesNotExist();
            }
            master.terminate();
            assertThat(master.exitCode()).as(master.output()).isZero();
            assertThat(run("exists", "key", "--master", address, "--timeout", "1s"))
                    .isEqualTo(1);
        }
    }

    @Test
    void shouldEndWithZeroWhenTopIsTerminated() throws Exception {
        try (ScriptRun master = start("master", "--bind-host", "127.0.0.1", "--rpc-port", "0")) {
            String address = master.awaitLine("ready: master on ");
            try (ScriptRun top = start("top", "--master", address, "--interval", "100ms")) {
                top.awaitLine("time ");
                top.terminate();
                assertThat(top.exitCode()).as(top.output()).isZero();
                assertThat(top.output().lines())
                        .allSatisfy(line -> assertThat(line).doesNotContain("Exception"));
            }
        }
    }

    private int run(String... arguments) throws Exception {
        try (ScriptRun run = start(arguments)) {
            return run.exitCode();
        }
    }

    @Test
    void shouldSayWhatToInstallWhenJavaIsMissingOrTooOld() throws Exception {
        Path old = Files.createDirectories(directory.resolve("jdk/bin"));
        Files.writeString(directory.resolve("jdk/release"), "JAVA_VERSION=\"11.0.2\"\n");
        Path java = Files.writeString(old.resolve("java"), "#!/bin/sh\nexit 99\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();

        for (String home : new String[] {"jdk", "nowhere"}) {
            Map<String, String> environment =
                    Map.of("JAVA_HOME", directory.resolve(home).toString());
            try (ScriptRun run = ScriptRun.start(directory, environment, LAUNCHER, "--version")) {
                assertThat(run.exitCode()).isEqualTo(1);
                assertThat(run.output()).contains("JAVA_HOME").contains("17");
                assertThat(run.output().lines()).hasSize(1);
            }
        }
    }

    @Test
    void shouldLeaveNoFileWhenTerminatedWhileItReservesMemory() throws Exception {
        String name = "launcher-" + UUID.randomUUID();
        Path memory = Path.of("/dev/shm/mooncake4j", name + ".segment");
        try (ScriptRun node = start(
                "node",
                "--master",
                "127.0.0.1:1",
                "--host",
                "127.0.0.1",
                "--data-port",
                "0",
                "--name",
                name,
                "--segment-size",
                "2GB")) {
            Awaitility.await().until(() -> Files.exists(memory));
            node.terminate();
            assertThat(node.exitCode()).as(node.output()).isZero();
            assertThat(memory).doesNotExist();
        }
    }

    @Test
    void shouldSizeDirectMemoryWhenTheSegmentIsAnonymous() throws Exception {
        try (ScriptRun node = start(
                "node",
                "--master",
                "127.0.0.1:1",
                "--host",
                "127.0.0.1",
                "--data-port",
                "0",
                "--name",
                "anonymous",
                "--segment-size=1536MB",
                "--memory",
                "anonymous",
                "--verbose")) {
            node.awaitLine("20"); // the first line of its log: it runs
            node.terminate();
            assertThat(node.output()).doesNotContain("OutOfMemory");
        }
    }

    @Test
    void shouldServeWhenTheDiskForItsLogsIsFull() throws Exception {
        Path script = Files.writeString(
                directory.resolve("no-space-left"),
                "#!/bin/sh\nexec " + Path.of(LAUNCHER).toAbsolutePath() + " \"$@\" 2>/dev/full\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        String name = "launcher-" + UUID.randomUUID();
        Path content = Files.writeString(directory.resolve("content"), "some bytes");
        Path copy = directory.resolve("copy");
        try (ScriptRun master = ScriptRun.start(
                directory,
                Map.of(),
                script.toString(),
                "master",
                "--bind-host",
                "127.0.0.1",
                "--rpc-port",
                "0",
                "--verbose")) {
            String address = master.awaitLine("ready: master on ");
            try (ScriptRun node = ScriptRun.start(
                    directory,
                    Map.of(),
                    script.toString(),
                    "node",
                    "--master",
                    address,
                    "--host",
                    "127.0.0.1",
                    "--data-port",
                    "0",
                    "--name",
                    name,
                    "--segment-size",
                    "16MB",
                    "--verbose")) {
                node.awaitLine("ready: node " + name);
                assertThat(run("put", "key", content.toString(), "--master", address))
                        .isZero();
                assertThat(run("get", "key", "-o", copy.toString(), "--master", address))
                        .isZero();
                assertThat(copy).hasContent("some bytes");
                node.terminate();
                assertThat(node.exitCode()).as(node.output()).isZero();
            }
            master.terminate();
            assertThat(master.exitCode()).as(master.output()).isZero();
        }
    }
}
