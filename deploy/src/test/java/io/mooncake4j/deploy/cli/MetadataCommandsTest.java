package io.mooncake4j.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.master.etcd.AnyEtcd;
import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdRangeQuery;
import io.mooncake4j.master.etcd.EtcdTxn;
import io.mooncake4j.master.etcd.JetcdEtcd;
import io.mooncake4j.master.journal.KeptStore;
import io.mooncake4j.master.placement.MasterTimes;
import io.mooncake4j.master.service.ClusterOptions;
import io.mooncake4j.master.service.MasterOptions;
import io.mooncake4j.master.service.MasterServer;
import io.mooncake4j.node.NodeOptions;
import io.mooncake4j.node.StorageNode;
import io.mooncake4j.transfer.memory.MemoryKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code mooncake4j metadata} on a real etcd. */
class MetadataCommandsTest {
    private static AnyEtcd server;
    private static int stores;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final String prefix = "/metadata/" + stores++ + "/";
    private final Etcd etcd = add(JetcdEtcd.open(server.options().prefix(prefix).build()));

    @BeforeAll
    static void startEtcd() {
        server = AnyEtcd.open();
    }

    @AfterAll
    static void stopEtcd() {
        server.close();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    private <T extends AutoCloseable> T add(T resource) {
        open.push(resource);
        return resource;
    }

    private static Map<String, String> environment(String prefix) {
        return Map.of(
                "MOONCAKE4J_ETCD_ENDPOINTS",
                server.options().build().endpoints().get(0).toString(),
                "MOONCAKE4J_ETCD_PREFIX",
                prefix);
    }

    private CapturedRun run(String command, String... more) {
        String[] arguments = new String[more.length + 2];
        arguments[0] = "metadata";
        arguments[1] = command;
        System.arraycopy(more, 0, arguments, 2, more.length);
        return CapturedRun.of(environment(prefix), new byte[0], arguments);
    }

    /** As somebody at a terminal who types that. */
    private int runAtTerminal(String typed, String... arguments) {
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        return CommandLines.create(new Console(
                        new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
                        nowhere,
                        nowhere,
                        environment(prefix),
                        true,
                        true))
                .execute(arguments);
    }

    private MasterServer lead() {
        MasterServer master = add(MasterServer.start(MasterOptions.defaults()
                .withAddress("127.0.0.1", 0)
                .withTimes(MasterTimes.defaults().withReadLease(Duration.ofMillis(200)))
                .withCluster(new ClusterOptions(
                        server.options().prefix(prefix).build(),
                        "127.0.0.1:0",
                        Duration.ofSeconds(20), // nobody waits for its end
                        true,
                        new byte[0]))));
        await().until(master::serves);
        return master;
    }

    private void keep() {
        KeptStore.ofVersion(1)
                .forEach((key, value) -> etcd.txn(new EtcdTxn().put(key, value)).join());
    }

    private int keys() {
        return etcd.range(EtcdRangeQuery.prefix("", 0)).join().entries().size();
    }

    @Test
    void shouldFindAllSoundAndPrintEveryObjectWhenAMasterLeads() {
        MasterServer master = lead();
        StorageNode node = add(StorageNode.start(NodeOptions.builder()
                .masters("127.0.0.1:" + master.port())
                .name("n")
                .host("127.0.0.1")
                .dataPort(0)
                .segmentBytes(16 << 20)
                .memory(MemoryKind.anonymous())
                .build()));
        assertThat(node.awaitMounted(Duration.ofSeconds(20))).isTrue();
        try (MooncakeClient client =
                MooncakeClient.builder().masters("127.0.0.1:" + master.port()).build()) {
            for (int i = 0; i < 100; i++) {
                client.put("key \"" + i + "\"", new byte[1000 + i]);
            }
            client.remove("key \"7\"");
        }
        CapturedRun check = run("check");
        assertThat(check.exitCode()).as(check.out() + check.err()).isZero();
        assertThat(check.out())
                .contains("127.0.0.1:" + master.port(), "99, ", "nothing is wrong", "1, 16 MB", "database");

        Map<String, Object> json = run("check", "--json").json().get(0);
        assertThat(json)
                .containsEntry("sound", true)
                .containsEntry("objects", 99)
                .containsEntry("segments", 1)
                .containsEntry("leader", "127.0.0.1:" + master.port());

        CapturedRun dump = run("dump");
        assertThat(dump.exitCode()).as(dump.err()).isZero();
        List<Map<String, Object>> lines = dump.json();
        assertThat(lines).extracting(line -> line.get("type")).containsSubsequence("cluster", "segment", "object");
        assertThat(lines)
                .filteredOn(line -> "object".equals(line.get("type")))
                .hasSize(99)
                .filteredOn(line -> "key \"42\"".equals(line.get("key")))
                .singleElement()
                .satisfies(object -> {
                    assertThat(object).containsEntry("tenant", "default").containsEntry("size_bytes", 1042);
                    assertThat(object.get("crc32c")).asString().matches("[0-9a-f]{8}");
                    Map<String, Object> replica =
                            CapturedRun.objects(object.get("replicas")).get(0);
                    assertThat(replica).containsEntry("lost", false);
                    assertThat(CapturedRun.objects(replica.get("extents")))
                            .singleElement()
                            .satisfies(extent -> assertThat(extent).containsEntry("length_bytes", 1042));
                });

        CapturedRun reset = run("reset", "--yes");
        assertThat(reset.exitCode()).isEqualTo(1);
        assertThat(reset.err())
                .contains("the master at 127.0.0.1:" + master.port() + " leads this store, so nothing was deleted");
        assertThat(master.serves()).isTrue();
        assertThat(run("check").exitCode()).isZero();
    }

    @Test
    void shouldNameEachDamagedKeyAndPrintTheRestWhenSomethingIsDamaged() {
        keep();
        byte[] entry = KeptStore.ofVersion(1).get("journal/0000000000000000014").clone();
        entry[30] ^= 1;
        etcd.txn(new EtcdTxn().put("journal/0000000000000000014", entry).put("stray", new byte[1]))
                .join();
        CapturedRun check = run("check");
        assertThat(check.exitCode()).isEqualTo(1);
        assertThat(check.out())
                .contains(
                        "wrong: 2",
                        prefix + "journal/0000000000000000014: its checksum is wrong",
                        "mooncake4j metadata reset",
                        prefix + "stray: mooncake4j writes no such key");
        CapturedRun dump = run("dump");
        assertThat(dump.exitCode()).isEqualTo(1);
        assertThat(dump.err()).contains(prefix + "journal/0000000000000000014: its checksum is wrong");
        assertThat(dump.json()).extracting(line -> line.get("key")).contains("last", "without checksum");
    }

    @Test
    void shouldDeleteOnlyWhatIsItsOwnWhenReset() {
        keep();
        String other = prefix.substring(0, prefix.length() - 1) + "0-of-another-store";
        try (Etcd neighbour = JetcdEtcd.open(server.options().prefix(other).build())) {
            neighbour.txn(new EtcdTxn().put("x", new byte[1])).join();
            CapturedRun asked = run("reset");
            assertThat(asked.exitCode()).isEqualTo(1);
            assertThat(asked.err()).contains("6 objects", "2 segments", "would be lost", "--yes");
            assertThat(runAtTerminal("no\n", "metadata", "reset")).isEqualTo(1);
            assertThat(keys()).isEqualTo(10);
            assertThat(runAtTerminal("yes\n", "metadata", "reset")).isZero();
            assertThat(keys()).isZero();
            assertThat(neighbour.range(EtcdRangeQuery.key("x")).join().entries())
                    .hasSize(1);
        }
        keep();
        assertThat(run("reset", "--yes").exitCode()).isZero();
        assertThat(keys()).isZero();
        assertThat(run("reset", "--yes").exitCode()).isEqualTo(3);
        assertThat(run("check").err()).contains("there is nothing below " + prefix);
        assertThat(lead().core().objects().objectCount()).isZero();
    }

    @Test
    void shouldSayHowToReachEtcdWhenItIsNotThere() {
        CapturedRun run =
                CapturedRun.of(Map.of(), new byte[0], "metadata", "check", "--etcd-endpoints", "http://127.0.0.1:1");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("mooncake4j metadata check: etcd at http://127.0.0.1:1", "--etcd-endpoints")
                .doesNotContain("Exception");
    }
}
