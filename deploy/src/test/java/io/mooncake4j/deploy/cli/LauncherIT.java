package io.mooncake4j.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/mooncake4j} as users run it: processes, signals and exit codes. */
class LauncherIT {
    private static final String LAUNCHER = "bin/mooncake4j";

    @TempDir
    Path directory;

    private ScriptRun start(String... arguments) throws IOException {
        return start(LAUNCHER, List.of(arguments));
    }

    private ScriptRun start(String script, List<String> arguments) throws IOException {
        return ScriptRun.start(directory, Map.of(), script, arguments.toArray(String[]::new));
    }

    private ScriptRun startMaster(String script, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("master", "--bind-host", "127.0.0.1", "--rpc-port", "0"));
        arguments.addAll(List.of(more));
        return start(script, arguments);
    }

    private ScriptRun startNode(String script, String master, String name, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("node", "--master", master, "--host", "127.0.0.1"));
        arguments.addAll(List.of("--data-port", "0", "--name", name));
        arguments.addAll(List.of(more));
        return start(script, arguments);
    }

    private void shouldPutAndGet(String address) throws Exception {
        Path content = Files.writeString(directory.resolve("content"), "some bytes");
        Path copy = directory.resolve("copy");
        assertThat(run("put", "key", content.toString(), "--master", address)).isZero();
        assertThat(run("get", "key", "-o", copy.toString(), "--master", address))
                .isZero();
        assertThat(copy).hasContent("some bytes");
    }

    private static void shouldEndWell(ScriptRun run) throws InterruptedException {
        run.terminate();
        assertThat(run.exitCode()).as(run.output()).isZero();
    }

    private static Path memoryOf(String name) {
        return Path.of("/dev/shm/mooncake4j", name + ".segment");
    }

    @Test
    void shouldServeAndStopCleanlyWhenTerminated() throws Exception {
        String name = "launcher-" + UUID.randomUUID();
        try (ScriptRun master = startMaster(LAUNCHER)) {
            String address = master.awaitLine("ready: master on ");
            try (ScriptRun node = startNode(LAUNCHER, address, name, "--segment-size", "16MB")) {
                node.awaitLine("ready: node " + name);
                assertThat(memoryOf(name)).exists();
                shouldPutAndGet(address);
                assertThat(run("get", "nothing", "--master", address)).isEqualTo(3);

                shouldEndWell(node);
                assertThat(memoryOf(name)).doesNotExist();
            }
            shouldEndWell(master);
            assertThat(run("exists", "key", "--master", address, "--timeout", "1s"))
                    .isEqualTo(1);
        }
    }

    @Test
    void shouldMoveBytesByTcpAndSayOnceWhatWouldTurnRdmaOnWhenItIsOff() throws Exception {
        String off = "RDMA is off, bytes move over TCP: ";
        Map<String, String> without =
                Map.of("MOONCAKE_PROTOCOL", "rdma", "MOONCAKE4J_JAVA_OPTS", "-Djava.library.path=" + directory);
        try (ScriptRun master = startMaster(LAUNCHER)) {
            String address = master.awaitLine("ready: master on ");
            String name = "no-rdma-" + UUID.randomUUID();
            String[] arguments = {
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
                "16MB"
            };
            try (ScriptRun node = ScriptRun.start(directory, without, LAUNCHER, arguments)) {
                node.awaitLine("ready: node " + name);
                assertThat(node.output())
                        .containsOnlyOnce(off)
                        .contains(off + "no libdisni.so in any directory of java.library.path (" + directory)
                        .contains("JDK_JAVA_OPTIONS=\"--add-exports java.base/sun.nio.ch=ALL-UNNAMED"
                                + " -Djava.library.path=DIR\"")
                        .containsPattern("data at 127.0.0.1:[0-9]+ over TCP\n");
                Path content = Files.writeString(directory.resolve("by-tcp"), "some bytes");
                try (ScriptRun put = ScriptRun.start(
                        directory, without, LAUNCHER, "put", "by-tcp", content.toString(), "--master", address)) {
                    assertThat(put.exitCode()).as(put.output()).isZero();
                    assertThat(put.output()).containsOnlyOnce(off);
                }
                shouldPutAndGet(address);
            }
            // what bin/mooncake4j sets is right, so that only the machine can lack something
            try (ScriptRun get = ScriptRun.start(
                    directory, Map.of("MOONCAKE_PROTOCOL", "rdma"), LAUNCHER, "get", "by-tcp", "--master", address)) {
                get.exitCode();
                boolean built = Files.exists(Path.of("../transfer/target/native/libdisni.so"));
                assertThat(get.output().contains("JDK_JAVA_OPTIONS"))
                        .as(get.output())
                        .isNotEqualTo(built);
            }
        }
    }

    @Test
    void shouldGetTheValueWhenItIsLargerThanTheMemoryItMayUse() throws Exception {
        byte[] bytes = new byte[200 << 20];
        new Random(1).nextBytes(bytes);
        Path content = Files.write(directory.resolve("content"), bytes);
        Path copy = directory.resolve("copy");
        Path piped = directory.resolve("piped");
        Map<String, String> little =
                Map.of("MOONCAKE4J_HEAP", "64m", "MOONCAKE4J_JAVA_OPTS", "-XX:MaxDirectMemorySize=100m");
        try (ScriptRun master = start("master", "--bind-host", "127.0.0.1", "--rpc-port", "0")) {
            String address = master.awaitLine("ready: master on ");
            String name = "large-" + UUID.randomUUID();
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
                    "256MB")) {
                node.awaitLine("ready: node " + name);
                assertThat(run("put", "key", content.toString(), "--master", address))
                        .isZero();
                try (ScriptRun get = ScriptRun.start(
                        directory, little, LAUNCHER, "get", "key", "-o", copy.toString(), "--master", address)) {
                    assertThat(get.exitCode()).as(get.output()).isZero();
                }
                try (ScriptRun get = ScriptRun.start(
                        directory, little, "/bin/sh", "-c", LAUNCHER + " get key --master " + address + " >" + piped)) {
                    assertThat(get.exitCode()).as(get.output()).isZero();
                }
            }
        }
        assertThat(Files.mismatch(copy, content)).isEqualTo(-1);
        assertThat(Files.mismatch(piped, content)).isEqualTo(-1);
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).noneMatch(file -> file.toString().endsWith(".part"));
        }
    }

    @Test
    void shouldEndWithZeroWhenTopIsTerminated() throws Exception {
        try (ScriptRun master = startMaster(LAUNCHER)) {
            String address = master.awaitLine("ready: master on ");
            try (ScriptRun top = start("top", "--master", address, "--interval", "100ms")) {
                top.awaitLine("time ");
                shouldEndWell(top);
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
        try (ScriptRun node = startNode(LAUNCHER, "127.0.0.1:1", name, "--segment-size", "2GB")) {
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(memoryOf(name)));
            shouldEndWell(node);
            assertThat(memoryOf(name)).doesNotExist();
        }
    }

    @Test
    void shouldSizeDirectMemoryWhenTheSegmentIsAnonymous() throws Exception {
        try (ScriptRun node = startNode(
                LAUNCHER, "127.0.0.1:1", "anonymous", "--segment-size=1536MB", "--memory", "anonymous", "--verbose")) {
            node.awaitLine("20"); // the first line of its log: it runs
            shouldEndWell(node);
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
        try (ScriptRun master = startMaster(script.toString(), "--verbose")) {
            String address = master.awaitLine("ready: master on ");
            try (ScriptRun node = startNode(script.toString(), address, name, "--segment-size", "16MB", "--verbose")) {
                node.awaitLine("ready: node " + name);
                shouldPutAndGet(address);
                shouldEndWell(node);
            }
            shouldEndWell(master);
        }
    }
}
