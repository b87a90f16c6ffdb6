package io.mooncake4j.deploy.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.cluster.TestDirectory;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.master.etcd.CutProxy;
import io.mooncake4j.master.etcd.EtcdProcess;
import io.mooncake4j.master.service.ClusterOptions;
import io.mooncake4j.master.service.MasterOptions;
import io.mooncake4j.master.service.MasterServer;
import io.mooncake4j.node.NodeOptions;
import io.mooncake4j.node.OnStop;
import io.mooncake4j.node.StorageNode;
import io.mooncake4j.transfer.memory.MemoryKind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two masters, real etcd, one node, in the tests' process; each master has a way to etcd that can be cut. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class FailoverTest {
    private static final int OBJECTS = 300;
    private static final int SIZE = 8192;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final EtcdProcess etcd = add(EtcdProcess.start());
    private final CutProxy firstWay = add(CutProxy.to(etcd.endpoint().getPort()));
    private final CutProxy secondWay = add(CutProxy.to(etcd.endpoint().getPort()));

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

    private MasterServer master(CutProxy way) {
        return add(MasterServer.start(MasterOptions.defaults()
                .withAddress("127.0.0.1", 0)
                .withCluster(new ClusterOptions(
                        etcd.options().endpoints(way.endpoint().toString()).build(),
                        "127.0.0.1:0",
                        Duration.ofSeconds(5),
                        false,
                        new byte[0]))));
    }

    private static String masters(MasterServer first, MasterServer second) {
        return "127.0.0.1:" + first.port() + ",127.0.0.1:" + second.port();
    }

    private StorageNode node(String masters) {
        TestDirectory directory = new TestDirectory();
        open.push(directory::close);
        StorageNode node = add(StorageNode.start(NodeOptions.builder()
                .masters(masters)
                .name("node")
                .host("127.0.0.1")
                .dataPort(0)
                .segmentBytes(64 << 20)
                .memory(MemoryKind.shm(directory.path()))
                .onStop(OnStop.SUSPEND)
                .build()));
        assertThat(node.awaitMounted(Duration.ofSeconds(20))).isTrue();
        return node;
    }

    private static void putAll(MooncakeClient client, int from) {
        for (int i = from; i < from + OBJECTS; i++) {
            assertThat(client.put("k" + i, VersionedValue.of("k" + i, 1, SIZE)).succeeded())
                    .isTrue();
        }
    }

    private static void checkAll(MooncakeClient client, int from) {
        for (int i = from; i < from + OBJECTS; i++) {
            assertThat(client.get("k" + i)).as("k" + i).contains(VersionedValue.of("k" + i, 1, SIZE));
        }
    }

    @Test
    void shouldServeEveryObjectWhenTheLeaderIsCutOffFromEtcd() {
        MasterServer first = master(firstWay);
        await().until(first::serves);
        MasterServer second = master(secondWay);
        String masters = masters(first, second);
        node(masters);
        try (MooncakeClient client = MooncakeClient.builder()
                .masters(masters)
                .operationTimeout(Duration.ofSeconds(20))
                .build()) {
            putAll(client, 0);
            checkAll(client, 0);
            firstWay.cut();
            assertThat(client.get("k0")).isPresent(); // of the one or the other
            await().until(second::serves);
            assertThat(client.get("k0")).isPresent();
            checkAll(client, 0);
            putAll(client, OBJECTS);
            checkAll(client, OBJECTS);
            firstWay.mend();
            await().until(() -> !first.serves());
        }
    }

    @Test
    void shouldFailNothingWhenTheLeaderHandsOver() throws Exception {
        MasterServer first = master(firstWay);
        await().until(first::serves);
        MasterServer second = master(secondWay);
        String masters = masters(first, second);
        node(masters);
        try (MooncakeClient client = MooncakeClient.builder().masters(masters).build()) {
            putAll(client, 0);
            Thread closing = new Thread(first::close);
            closing.start();
            int from = OBJECTS;
            while (closing.isAlive()) {
                putAll(client, from);
                checkAll(client, from);
                from += OBJECTS;
                if (from > 1800) {
                    from = OBJECTS;
                }
            }
            closing.join();
            await().until(second::serves);
            checkAll(client, 0);
            checkAll(client, OBJECTS);
        }
    }
}
