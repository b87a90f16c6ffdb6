package io.mooncake4j.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mooncake4j.master.service.MasterOptions;
import io.mooncake4j.master.service.MasterServer;
import io.mooncake4j.node.NodeOptions;
import io.mooncake4j.node.StorageNode;
import io.mooncake4j.transfer.memory.MemoryKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command against a master and two nodes in this process. */
class StoreCommandsTest {
    private static final long SEGMENT_BYTES = 32L << 20;

    private static MasterServer master;
    private static final List<StorageNode> NODES = new ArrayList<>();

    @TempDir
    Path directory;

    @BeforeAll
    static void startStore() {
        master = MasterServer.start(MasterOptions.defaults().withAddress("127.0.0.1", 0));
        for (int i = 1; i <= 2; i++) {
            StorageNode node = StorageNode.start(NodeOptions.builder()
                    .masters("127.0.0.1:" + master.port())
                    .host("127.0.0.1")
                    .name("cli-" + i)
                    .dataPort(0)
                    .memory(MemoryKind.anonymous())
                    .segmentBytes(SEGMENT_BYTES)
                    .build());
            NODES.add(node);
            assertThat(node.awaitMounted(Duration.ofSeconds(20))).isTrue();
        }
    }

    @AfterAll
    static void stopStore() {
        NODES.forEach(StorageNode::close);
        master.close();
    }

    private static CapturedRun run(String... arguments) {
        return run(new byte[0], arguments);
    }

    private static CapturedRun run(byte[] input, String... arguments) {
        return CapturedRun.of(Map.of("MOONCAKE_MASTER", "127.0.0.1:" + master.port()), input, arguments);
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void shouldReturnTheFilesBytesWhenPutAndGot() throws IOException {
        byte[] content = bytes(3_000_001);
        Path file = Files.write(directory.resolve("in"), content);
        Path copy = Files.writeString(directory.resolve("out"), "old");

        assertThat(run("put", "file/1", file.toString()).out()).contains("stored file/1, 3000001 bytes");
        CapturedRun toFile = run("get", "file/1", "-o", copy.toString());
        CapturedRun toOutput = run("get", "file/1");

        assertThat(toFile.exitCode()).as(toFile.err()).isZero();
        assertThat(Files.readAllBytes(copy)).isEqualTo(content);
        assertThat(toOutput.outBytes()).isEqualTo(content);
        assertThat(directory).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void shouldKeepTheOldBytesWhenTheKeyExists() {
        byte[] first = "first".getBytes(StandardCharsets.UTF_8);

        CapturedRun stored = run(first, "put", "twice", "-");
        CapturedRun again = run(bytes(10), "put", "twice", "-");

        assertThat(stored.exitCode()).as(stored.err()).isZero();
        assertThat(again.exitCode()).isZero();
        assertThat(again.out()).contains("exists already");
        assertThat(run("get", "twice").outBytes()).isEqualTo(first);
    }

    @Test
    void shouldSayNotFoundWhenThereIsNoObject() throws IOException {
        Path kept = Files.writeString(directory.resolve("kept"), "old");

        assertThat(run("get", "nothing", "-o", kept.toString()).exitCode()).isEqualTo(3);
        assertThat(kept).hasContent("old");
        assertThat(run("get", "nothing").exitCode()).isEqualTo(3);
        assertThat(run("exists", "nothing").exitCode()).isEqualTo(3);
        assertThat(run("rm", "nothing").exitCode()).isEqualTo(3);
        assertThat(run("stat", "nothing").exitCode()).isEqualTo(3);
        assertThat(run("get", "nothing").err()).contains("nothing: not found");
    }

    @Test
    void shouldListShowAndRemoveWhenThereAreObjects() {
        for (int i = 0; i < 3; i++) {
            run(bytes(100 + i), "put", "list/" + i, "-");
        }

        assertThat(run("ls", "list/").out().lines()).containsExactlyInAnyOrder("list/0", "list/1", "list/2");
        assertThat(run("ls", "-l", "list/2").out().lines().toList().get(1))
                .containsPattern("102 +1 none +- +[0-9.]+ s  list/2$");
        assertThat(run("exists", "list/0", "list/1").exitCode()).isZero();
        assertThat(run("exists", "list/0", "list/9").out().lines()).containsExactly("yes\tlist/0", "no\tlist/9");
        assertThat(run("stat", "list/1").out())
                .contains("101 bytes")
                .containsPattern("replica +cli-[12] \\(ok, 127.0.0.1:[0-9]+\\): region 0 at");
        assertThat(run("rm", "list/0").out()).contains("removed 1");
        assertThat(run("rm", "--regex", "^list/").out()).contains("removed 2");
        assertThat(run("ls", "list/").out()).isEmpty();
    }

    @Test
    void shouldPrintOneObjectALineWhenAskedForJson() {
        run(bytes(100), "put", "json/a", "-");
        run(bytes(200), "put", "json/b\u001b", "-");

        assertThat(run("ls", "json/", "--json").json())
                .containsExactlyInAnyOrder(
                        Map.of("key", "json/a", "size_bytes", 100), Map.of("key", "json/b\u001b", "size_bytes", 200));
        assertThat(run("ls", "json/b").out()).isEqualTo("json/b\\u001b" + System.lineSeparator());
        assertThat(run("ls", "json/a", "--long", "--json").json())
                .singleElement()
                .satisfies(object -> assertThat(object)
                        .containsEntry("size_bytes", 100)
                        .containsEntry("pin", "none")
                        .containsEntry("lease_left_ms", 0)
                        .containsKeys("object_id", "crc32c", "soft_pin_left_ms", "idle_ms", "replicas"));
        assertThat(run("exists", "--json", "json/a", "json/c").json())
                .extracting(object -> object.get("exists"), object -> object.get("size_bytes"))
                .containsExactly(tuple(true, 100), tuple(false, null));
        assertThat(run("rm", "--json", "json/a").json()).containsExactly(Map.of("removed", 1));
        assertThat(run(bytes(7), "put", "json/d", "-", "--json").json())
                .singleElement()
                .satisfies(object -> assertThat(object)
                        .containsEntry("key", "json/d")
                        .containsEntry("status", "stored")
                        .containsEntry("size_bytes", 7)
                        .containsEntry("replicas", 1)
                        .containsEntry("error", null));
    }

    @Test
    void shouldTellOfReplicasLeasesAndPlacesWhenAskedForAnObject() throws IOException {
        Path file = Files.write(directory.resolve("in"), bytes(5000));
        run("put", "seen", file.toString(), "--replicas", "2");

        Map<String, Object> before = run("stat", "--json", "seen").json().get(0);
        run("get", "seen", "-o", directory.resolve("out").toString());
        Map<String, Object> after = run("stat", "--json", "seen").json().get(0);

        assertThat(CapturedRun.objects(before.get("replicas"))).hasSize(2).allSatisfy(replica -> {
            assertThat((String) replica.get("node")).startsWith("cli-");
            assertThat(replica).containsEntry("state", "ok");
            assertThat(CapturedRun.objects(replica.get("extents")))
                    .singleElement()
                    .satisfies(extent -> assertThat(extent).containsEntry("length_bytes", 5000));
        });
        assertThat(before).containsEntry("lease_left_ms", 0);
        assertThat((int) after.get("lease_left_ms")).isPositive();
        assertThat(run("stat", "seen").out()).contains("read lease    ").contains(" left");
    }

    @Test
    void shouldTellOfClusterAndNodesWhenAskedForJson() {
        run(bytes(300), "put", "counted", "-");
        run("get", "counted", "-o", directory.resolve("out").toString());

        Map<String, Object> cluster = run("stat", "--json").json().get(0);
        CapturedRun node = run("stat", "--node", "cli-2", "--json");

        assertThat(cluster)
                .containsKeys("cluster_id", "term", "uptime_ms", "objects", "open_puts", "puts", "put_bytes")
                .containsKeys("gets_hit", "gets_missed", "hit_rate", "located_bytes", "evicted_objects")
                .containsKeys("evicted_bytes", "grants_lapsed", "sessions_cut");
        assertThat(CapturedRun.object(cluster.get("memory"))).containsKeys("size_bytes", "used_bytes");
        assertThat((int) cluster.get("put_bytes")).isGreaterThanOrEqualTo(300);
        assertThat((int) cluster.get("located_bytes")).isGreaterThanOrEqualTo(300);
        assertThat(CapturedRun.objects(cluster.get("nodes"))).hasSize(2);
        assertThat(CapturedRun.objects(cluster.get("calls")))
                .extracting(call -> call.get("method"))
                .contains("PUT_START", "PUT_END", "GET_REPLICAS");
        assertThat(node.json().get(0))
                .containsEntry("name", "cli-2")
                .containsEntry("state", "ok")
                .containsEntry("size_bytes", (int) SEGMENT_BYTES);
        assertThat(run("stat", "--node", "cli-2").out()).contains("cli-2", "32 MB", "heard");
        assertThat(run("stat", "--node", "cli-9").exitCode()).isEqualTo(3);
    }

    @Test
    void shouldShowSegmentsAndCountersWhenAskedForTheCluster() {
        CapturedRun stat = run("stat");

        assertThat(stat.exitCode()).as(stat.err()).isZero();
        assertThat(stat.out()).contains("cli-1", "cli-2", "32 MB", "ok", "evicted");
    }

    @Test
    void shouldReadEveryByteRightWhenReplayingAndBenching() {
        CapturedRun replay = run(
                "replay",
                "--requests",
                "60",
                "--bytes-per-token",
                "128",
                "--clients",
                "2",
                "--batch",
                "7",
                "--no-checksums");
        CapturedRun bench = run(
                "bench",
                "--size",
                "64KB",
                "--batch",
                "4",
                "--threads",
                "2",
                "--warmup",
                "100ms",
                "--duration",
                "300ms",
                "--check-every",
                "1",
                "--cpu-of",
                Long.toString(ProcessHandle.current().pid()));

        assertThat(replay.exitCode()).as(replay.err() + replay.out()).isZero();
        assertThat(replay.out())
                .contains(
                        "wrong bytes:     0",
                        "failed requests: 0",
                        "endless cache",
                        "plain LRU of 64 MB",
                        "checksums off")
                .contains("plain LRU of 56 MB");
        CapturedRun json = run("bench", "put", "--size", "4KB", "--warmup", "50ms", "--duration", "100ms", "--json");
        assertThat(json.json().get(0)).containsEntry("operation", "put").containsEntry("wrong_bytes", 0);
        assertThat(run("replay", "--requests", "5", "--bytes-per-token", "16", "--json")
                        .json()
                        .get(0))
                .containsEntry("wrong_bytes", 0)
                .containsEntry("requests", 5);
        assertThat(bench.exitCode()).as(bench.err() + bench.out()).isZero();
        assertThat(Arrays.stream(bench.out().split("\n")).skip(1)).hasSize(2);
        assertThat(run("ls", "bench-").out()).isEmpty();
    }
}
