package io.mooncake4j.deploy.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdOptions;
import io.mooncake4j.master.etcd.EtcdProcess;
import io.mooncake4j.master.etcd.EtcdRangeQuery;
import io.mooncake4j.master.etcd.EtcdTxn;
import io.mooncake4j.master.etcd.JetcdEtcd;
import io.mooncake4j.master.service.ClusterOptions;
import io.mooncake4j.master.service.MasterOptions;
import io.mooncake4j.master.service.MasterServer;
import io.mooncake4j.node.NodeOptions;
import io.mooncake4j.node.StorageNode;
import io.mooncake4j.transfer.memory.MemoryKind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real etcd that fills up or is stuck: puts are refused with a typed error that may pass, gets go on, and so does all once there is room. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class FullEtcdTest {
    private static final long QUOTA = 48 << 20;
    private static final int SIZE = 4096;
    private static final int OBJECTS = 20;
    /** Longer than etcd is stuck. */
    private static final Duration LEADER_LEASE = Duration.ofSeconds(20);
    /** In which a put is refused. */
    private static final Duration HASTE = Duration.ofSeconds(2);

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    /** History is kept for a while, and what it takes counts until it is compacted: usually 25 s. */
    private static final Duration ROOM_MADE = Duration.ofSeconds(80);

    /** S8: the oldest change that isn't durable waits no longer while puts are acknowledged. */
    private static final Duration LONGEST_LAG = Duration.ofMillis(200);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    private <T extends AutoCloseable> T add(T resource) {
        open.push(resource);
        return resource;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    /** @param quota of the etcd, as the master is told */
    private MooncakeClient store(EtcdOptions etcd, boolean sync, long quota) {
        MasterServer master = add(MasterServer.start(MasterOptions.defaults()
                .withAddress("127.0.0.1", 0)
                .withCluster(new ClusterOptions(etcd, "127.0.0.1:0", LEADER_LEASE, sync, quota, new byte[0]))));
        await().atMost(PATIENCE).until(master::serves);
        StorageNode node = add(StorageNode.start(NodeOptions.builder()
                .masters("127.0.0.1:" + master.port())
                .name("n")
                .host("127.0.0.1")
                .dataPort(0)
                .segmentBytes(16 << 20)
                .memory(MemoryKind.anonymous())
                .build()));
        assertThat(node.awaitMounted(Duration.ofSeconds(20))).isTrue();
        MooncakeClient client = add(
                MooncakeClient.builder().masters("127.0.0.1:" + master.port()).build());
        for (int i = 0; i < OBJECTS; i++) {
            assertThat(put(client, "k" + i).succeeded()).isTrue();
        }
        return client;
    }

    private static PutResult put(MooncakeClient client, String key) {
        return client.putBatch(List.of(KvEntry.of(key, VersionedValue.of(key, 1, SIZE))))
                .get(0);
    }

    private static void checkAll(MooncakeClient client) {
        for (int i = 0; i < OBJECTS; i++) {
            assertThat(client.get("k" + i)).as("k" + i).contains(VersionedValue.of("k" + i, 1, SIZE));
        }
    }

    /** Fills etcd; false if it takes no more. */
    private static boolean fill(Etcd etcd, int mebibytes) {
        try {
            for (int i = 0; i < mebibytes; i++) {
                etcd.txn(new EtcdTxn().put("stray/" + i, new byte[1 << 20])).join();
            }
            return true;
        } catch (CompletionException e) {
            assertThat(e).hasMessageContaining("database space exceeded");
            return false;
        }
    }

    private static void empty(Etcd etcd) {
        etcd.txn(new EtcdTxn().delete("stray/", EtcdRangeQuery.endOf("stray/"))).join();
    }

    private static void shouldRefusePutsAndServeGets(MooncakeClient client, String... reasons) {
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(client.clusterStatus().journal().refusal()).containsAnyOf(reasons));
        PutResult refused = put(client.withTimeout(HASTE), "new");
        assertThat(refused.succeeded()).isFalse();
        assertThat(refused.error().retryable()).as(refused.toString()).isTrue();
        assertThat(refused.detail()).containsAnyOf(reasons);
        checkAll(client);
    }

    private static void shouldTakePutsAgain(MooncakeClient client) {
        await().atMost(ROOM_MADE)
                .untilAsserted(() ->
                        assertThat(client.clusterStatus().journal().refusal()).isEmpty());
        assertThat(put(client, "after").succeeded()).isTrue();
        checkAll(client);
    }

    @Test
    void shouldRefusePutsBeforeTheQuotaIsReachedAndTakeThemWhenThereIsRoom() {
        EtcdProcess server = add(EtcdProcess.start());
        EtcdOptions options = server.options().build();
        Etcd etcd = add(JetcdEtcd.open(options));
        MooncakeClient client = store(options, false, QUOTA);
        long term = client.clusterStatus().term();
        assertThat(fill(etcd, 44)).isTrue();
        shouldRefusePutsAndServeGets(client, "no new objects until there is room");
        assertThat(client.clusterStatus().journal().advice()).anyMatch(text -> text.contains("--etcd-quota"));
        empty(etcd);
        shouldTakePutsAgain(client);
        assertThat(client.clusterStatus().term()).isEqualTo(term);
    }

    @Test
    void shouldAcknowledgeOnlyForAMomentAndServeGetsWhenEtcdIsFrozen() {
        EtcdProcess server = add(EtcdProcess.start());
        MooncakeClient client = store(server.options().build(), false, QUOTA);
        long term = client.clusterStatus().term();
        MooncakeClient hasty = client.withTimeout(HASTE);
        server.freeze();
        int acknowledged = 0;
        long begun = System.nanoTime();
        PutResult result = put(hasty, "frozen0");
        long waiting = System.nanoTime(); // since then, at the latest, something isn't durable
        long lastAcknowledgedBegun = begun;
        while (result.succeeded()) {
            lastAcknowledgedBegun = begun;
            begun = System.nanoTime();
            result = put(hasty, "frozen" + ++acknowledged);
        }
        assertThat(Duration.ofNanos(lastAcknowledgedBegun - waiting))
                .as("when the last put that was acknowledged began")
                .isLessThan(LONGEST_LAG);
        assertThat(result.error().retryable()).as(result.toString()).isTrue();
        checkAll(client);
        server.thaw();
        shouldTakePutsAgain(client);
        for (int i = 0; i < acknowledged; i++) {
            assertThat(client.get("frozen" + i)).contains(VersionedValue.of("frozen" + i, 1, SIZE));
        }
        assertThat(client.clusterStatus().term()).isEqualTo(term);
    }

    @Test
    void shouldMakeRoomByItselfWhenNoSpaceWasRaised() {
        EtcdProcess server = add(EtcdProcess.plan().quotaBytes(QUOTA).start());
        EtcdOptions options = server.options().build();
        Etcd etcd = add(JetcdEtcd.open(options));
        // of what fills etcd's file some is air, which the master would make room from: so not enough for it
        MooncakeClient client = store(options, true, QUOTA / 2);
        long term = client.clusterStatus().term();
        assertThat(fill(etcd, 100)).isFalse();
        assertThat(etcd.health().join().alarms()).containsExactly("NOSPACE");
        // granted before the master knows; never acknowledged while etcd doesn't have it
        assertThat(put(client.withTimeout(HASTE), "first after").succeeded()).isFalse();
        shouldRefusePutsAndServeGets(client, "database space exceeded", "no new objects until there is room");
        empty(etcd);
        await().atMost(ROOM_MADE).until(() -> etcd.health().join().alarms().isEmpty());
        shouldTakePutsAgain(client);
        assertThat(client.clusterStatus().term()).isEqualTo(term);
    }
}
