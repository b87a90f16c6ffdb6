package io.mooncake4j.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.TestCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Puts and gets of many keys. */
class CopyCommandsTest {
    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    @TempDir
    Path directory;

    @BeforeEach
    void start() {
        cluster.start(ClusterPlan.DEFAULT.withNodes(2, 64 << 20, 32 << 20));
    }

    private CapturedRun run(String... arguments) {
        return CapturedRun.of(Map.of("MOONCAKE_MASTER", cluster.masters()), new byte[0], arguments);
    }

    private Path file(String name, int bytes) throws IOException {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }

    private static Map<String, byte[]> tree(Path root) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                files.put(root.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return files;
    }

    @Test
    void shouldBringADirectoryBackWhenPutAndGotByPrefix() throws IOException {
        for (int i = 1; i <= 20; i++) {
            file("in/layer-" + i % 3 + "/block " + i, i * 1000);
        }
        file("in/large", 17 << 20);
        Path in = directory.resolve("in");
        Path out = directory.resolve("out");

        CapturedRun put = run("put", "--from-dir", in.toString(), "--prefix", "run/1", "--parallel", "3");
        CapturedRun got = run("get", "--prefix", "run/1", "--to-dir", out.toString());
        CapturedRun again = run("put", "--from-dir", in.toString(), "--prefix", "run/1", "--json");

        assertThat(put.exitCode()).as(put.err()).isZero();
        assertThat(put.out()).contains("stored 21, failed 0");
        assertThat(got.exitCode()).as(got.err()).isZero();
        assertThat(got.out()).contains("fetched 21, failed 0");
        Map<String, byte[]> expected = tree(in);
        assertThat(tree(out).keySet()).isEqualTo(expected.keySet());
        tree(out).forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(expected.get(name)));
        assertThat(again.json())
                .hasSize(21)
                .allSatisfy(result -> assertThat(result).containsEntry("status", "existed"));
    }

    @Test
    void shouldGoOnWithTheOthersWhenOneFails() throws IOException {
        String good = file("good", 100).toString();
        String empty = file("empty", 0).toString();

        CapturedRun put = run("put", "a", good, "b", empty, "c", directory + "/missing", "d", good);
        CapturedRun got = run(
                "get", "a", "nothing", "d", "--to-dir", directory.resolve("out").toString());

        assertThat(put.exitCode()).isEqualTo(1);
        assertThat(put.out()).contains("stored 2, failed 2");
        assertThat(put.err().lines())
                .hasSize(2)
                .anySatisfy(line -> assertThat(line).contains("put: b: INVALID_PARAMS"))
                .anySatisfy(line -> assertThat(line).contains("put: c: ", "missing: no such file"));
        assertThat(got.exitCode()).isEqualTo(3);
        assertThat(got.out()).contains("fetched 2, not found 1, failed 0");
        assertThat(got.err()).contains("nothing: not found");
        assertThat(tree(directory.resolve("out"))).containsOnlyKeys("a", "d");
    }

    @Test
    void shouldStayBelowTheDirectoryWhenKeysClimb() throws IOException {
        MooncakeClient client = cluster.client(true);
        for (String key : new String[] {"../up", "/root", "a//b", "a/./c", "x/..", "tail/", "zero\0", "fine"}) {
            client.put(key, new byte[] {1});
        }
        Path out = directory.resolve("deep/out");

        CapturedRun run = run("get", "--prefix", "", "--to-dir", out.toString(), "--json");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(tree(directory)).containsOnlyKeys("deep/out/fine");
        assertThat(run.json())
                .hasSize(8)
                .filteredOn("status", "failed")
                .hasSize(7)
                .allSatisfy(result ->
                        assertThat(CapturedRun.object(result.get("error"))).containsEntry("code", "INVALID_KEY"));
    }

    @Test
    void shouldNameTheFileInTheWayWhenAKeyIsAlsoADirectory() throws IOException {
        MooncakeClient client = cluster.client(true);
        client.put("a", new byte[] {1});
        client.put("a/b", new byte[] {2});

        CapturedRun run =
                run("get", "a", "a/b", "--to-dir", directory.resolve("out").toString(), "--parallel", "1");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("a/b: ").contains("a file is in the way of a directory");
    }

    @Test
    void shouldWriteThroughWhenTheOutputIsALinkOrAPipe() throws Exception {
        MooncakeClient client = cluster.client(true);
        client.put("key", "value".getBytes(StandardCharsets.UTF_8));
        Path target = Files.writeString(directory.resolve("target"), "old");
        Path link = Files.createSymbolicLink(directory.resolve("link"), target);
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> {
            try {
                return Files.readString(pipe);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });

        assertThat(run("get", "key", "-o", link.toString()).exitCode()).isZero();
        assertThat(run("get", "key", "-o", pipe.toString()).exitCode()).isZero();

        assertThat(link).isSymbolicLink();
        assertThat(target).hasContent("value");
        assertThat(read.join()).isEqualTo("value");
        assertThat(Files.isRegularFile(pipe)).isFalse();
    }
}
