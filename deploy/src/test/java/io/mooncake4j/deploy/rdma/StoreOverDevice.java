package io.mooncake4j.deploy.rdma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.KeyResult;
import io.mooncake4j.client.KvBuffer;
import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.deploy.cli.CapturedRun;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.Load;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.deploy.soak.ChildProcess;
import io.mooncake4j.transfer.memory.MemoryKind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Master, nodes and clients as processes, one of the nodes as an operator starts it: everything that a client can do, that the
 * bytes go past the nodes, and what comes of a node that has no queue pairs left, is killed, or may lock too little memory.
 */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StoreOverDevice {
    /** Pings, answers about sessions, and what a JVM reads: of a node that moves no payload itself. */
    private static final double MOST_BY_SYSTEM_CALLS = 0.2;

    private static final String NODE = "node-0";
    private static final String LAUNCHED = "launched";
    private static final String POOR = "poor";
    /** Root's right to lock more must go, too. */
    private static final List<String> LITTLE_LOCKED_MEMORY = List.of(
            "prlimit", "--memlock=65536:65536", "setpriv", "--bounding-set", "-ipc_lock", "--inh-caps", "-ipc_lock");

    private static final int[] SIZES = {16, 63, 4096, 4097, (64 << 10) + 13, 1 << 20};
    private static final long NODE_BYTES = 16 << 20;
    private static final int BLOCK_BYTES = 256 << 10;
    /** Two threads, since they poll and a node that starts needs the machine's processors, too. */
    private static final Load.Shape LOAD = new Load.Shape(1, 1, 200, 128 << 10, 1, false, false);

    private final TestDevice device = TestDevice.underTest();
    private final TestCluster cluster = new TestCluster();
    private final ClusterPlan plan = ClusterPlan.DEFAULT
            .withNodes(1, NODE_BYTES, NODE_BYTES)
            .withNetwork(device.nodes())
            .withLease(Duration.ofSeconds(3))
            .withGrant(Duration.ofSeconds(6), Duration.ofMillis(300), Duration.ofSeconds(60))
            .withSilence(Duration.ofSeconds(6), Duration.ofSeconds(12), Duration.ofMinutes(5));
    private final List<ObservedClient> clients = new ArrayList<>();
    private ChildProcess node;
    private ChildProcess launched;
    private ObservedClient observed;
    private MooncakeClient client;

    @BeforeAll
    @Timeout(value = 240, unit = TimeUnit.SECONDS)
    void start() {
        cluster.startAsProcesses(plan.withNodes(0, NODE_BYTES, NODE_BYTES));
        node = cluster.nodeProcess(NODE);
        launched = cluster.launcherProcess(
                "node",
                "--master",
                cluster.masters(),
                "--name",
                LAUNCHED,
                "--host",
                device.address(),
                "--data-port",
                "50061",
                "--node-admin-port",
                "0",
                "--segment-size",
                Long.toString(NODE_BYTES),
                "--protocol",
                "rdma",
                "--rdma-device",
                device.name());
        observed = client(); // all at the same time, since each start takes long
        node.awaitLine("mounted");
        launched.awaitLine("ready:");
        client = observed.client();
        awaitRdma(observed, new Blocks("connected/", BLOCK_BYTES));
    }

    private static void awaitRdma(ObservedClient by, Blocks blocks) {
        await().until(() -> {
            blocks.putAndGet(by.client());
            return by.rdmaBytes(NODE) > 0 && by.rdmaBytes(LAUNCHED) > 0;
        });
    }

    private ObservedClient client() {
        ObservedClient made = ObservedClient.of(RdmaSetup.client(
                cluster.clientBuilder(false), RdmaSetup.options(device.name(), RdmaSetup.USUAL_WINDOW)));
        clients.add(made);
        return made;
    }

    @AfterAll
    void stop() throws Exception {
        clients.forEach(ObservedClient::close);
        cluster.close(true);
    }

    private ProcessTraffic nodes() {
        return ProcessTraffic.of(List.of(node.pid(), launched.pid()));
    }

    @Order(1)
    @Test
    void shouldMoveEveryByteByRdmaWhenValuesArePutAndGotInEveryWay() {
        ProcessTraffic traffic = nodes();
        long before = observed.rdmaBytes();
        long tcpBefore = observed.tcpBytes();
        long moved = 0;
        for (int size : SIZES) {
            moved += arrays("array/" + size, size);
            moved += parts("parts/" + size, size);
            moved += leased("leased/" + size, size);
        }
        moved += batch();
        assertThat(observed.rdmaBytes() - before).as("bytes by RDMA").isEqualTo(moved);
        assertThat(observed.tcpBytes()).as("bytes by TCP").isEqualTo(tcpBefore);
        assertThat(traffic.bytes())
                .as("bytes that the nodes' threads moved, of %s", moved)
                .isLessThan((long) (MOST_BY_SYSTEM_CALLS * moved));
    }

    private long arrays(String key, int size) {
        stored(client.put(key, VersionedValue.of(key, 1, size)));
        assertRight(key, ByteBuffer.wrap(client.get(key).orElseThrow()), size);
        return 2L * size;
    }

    /** From and into three buffers of unlike sizes at odd places, on the heap and beside it. */
    private long parts(String key, int size) {
        ByteBuffer value = ByteBuffer.wrap(VersionedValue.of(key, 1, size));
        int first = size / 3;
        int second = size / 2;
        ByteBuffer direct = ByteBuffer.allocateDirect(second - first + 7).position(7);
        direct.put(value.slice(first, second - first)).position(7);
        stored(client.put(key, value.slice(0, first), direct, value.slice(second, size - second)));
        ByteBuffer got = ByteBuffer.allocateDirect(size + 3);
        ByteBuffer heap = ByteBuffer.allocate(second);
        KvEntry into = KvEntry.of(key, got.slice(3, first), heap, got.slice(3 + first, size - first - second));
        KeyResult<KvEntry> result = client.getIntoBatch(List.of(into)).get(0);
        assertThat(result.isHit()).as(result.detail()).isTrue();
        ByteBuffer whole = ByteBuffer.allocate(size);
        whole.put(got.slice(3, first)).put(heap).put(got.slice(3 + first, size - first - second));
        assertRight(key, whole.flip(), size);
        return 2L * size;
    }

    private long leased(String key, int size) {
        try (KvBuffer buffer = client.lease(size)) {
            VersionedValue.fill(key, 1, buffer.byteBuffer());
            stored(client.put(key, buffer));
        }
        try (KvBuffer buffer = client.getBuffer(key).orElseThrow()) {
            assertRight(key, buffer.byteBuffer(), size);
        }
        return 2L * size;
    }

    private long batch() {
        List<KvEntry> entries = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < 12; i++) {
            int size = (64 << 10) + i;
            keys.add("batch/" + i);
            entries.add(KvEntry.of(keys.get(i), VersionedValue.of(keys.get(i), 1, size)));
            bytes += size;
        }
        client.putBatch(entries).forEach(StoreOverDevice::stored);
        List<KeyResult<byte[]>> got = client.getBatch(keys);
        for (int i = 0; i < 12; i++) {
            assertRight(keys.get(i), ByteBuffer.wrap(got.get(i).orThrow().orElseThrow()), (64 << 10) + i);
        }
        return 2 * bytes;
    }

    @Order(2)
    @Test
    void shouldReadRightBytesOrNoneWhenTheStoreEvictsAllTheTime() {
        int size = 256 << 10;
        long count = 4 * NODE_BYTES / size;
        long evictedBefore = client.clusterStatus().evictedObjects();
        long tcpBefore = observed.tcpBytes();
        int hits = 0;
        for (int i = 0; i < count; i++) {
            String key = "pressure/" + i;
            stored(client.put(key, VersionedValue.of(key, 1, size)));
            String earlier = "pressure/" + i / 2;
            byte[] found = client.get(earlier).orElse(null);
            if (found != null) {
                assertRight(earlier, ByteBuffer.wrap(found), size);
                hits++;
            }
        }
        assertThat(hits).isPositive();
        assertThat(client.clusterStatus().evictedObjects() - evictedBefore)
                .as("evicted objects")
                .isGreaterThanOrEqualTo(count / 4);
        assertThat(observed.tcpBytes()).as("bytes by TCP").isEqualTo(tcpBefore);
    }

    @Order(3)
    @ParameterizedTest(name = "checksums {0}")
    @ValueSource(booleans = {false, true})
    void shouldReplayTheGeneratedWorkloadWithoutAWrongByteWhenItsClientsUseRdma(boolean checksums) {
        ProcessTraffic traffic = nodes();
        CapturedRun replay = CapturedRun.of(
                "replay",
                "--master",
                cluster.masters(),
                "--protocol",
                "rdma",
                "--rdma-device",
                device.name(),
                "--connect-timeout",
                "20s",
                "--timeout",
                "60s",
                "--requests",
                "40",
                "--bytes-per-token",
                "128",
                "--clients",
                "2",
                "--json",
                checksums ? "--checksums" : "--no-checksums");
        assertThat(replay.exitCode()).as(replay.err()).isZero();
        Map<String, Object> report = replay.json().get(0);
        assertThat(report)
                .containsEntry("requests", 40)
                .containsEntry("failed_requests", 0)
                .containsEntry("wrong_bytes", 0);
        assertThat((int) report.get("block_hits")).isPositive();
        long moved =
                ((Number) report.get("read_bytes")).longValue() + ((Number) report.get("written_bytes")).longValue();
        assertThat(traffic.bytes())
                .as("bytes that the nodes' threads moved, of %s", moved)
                .isLessThan((long) (MOST_BY_SYSTEM_CALLS * moved));
    }

    @Order(4)
    @Test
    void shouldUseTcpAndSaySoOnceForEachNodeWhenNodesHaveNoQueuePairsLeft() {
        ObservedClient late = client();
        Blocks blocks = new Blocks("quota/", BLOCK_BYTES);
        try (CapturedLog log = CapturedLog.of("io.mooncake4j.transfer.rdma");
                DeviceQuota first = DeviceQuota.exhaust(device.name(), node.pid());
                DeviceQuota second = DeviceQuota.exhaust(device.name(), launched.pid())) {
            while (late.tcpBytes(NODE) == 0 || late.tcpBytes(LAUNCHED) == 0) {
                blocks.putAndGet(late.client());
            }
            for (int i = 0; i < 10; i++) {
                blocks.putAndGet(late.client());
            }
            assertThat(late.rdmaBytes()).isZero();
            assertThat(log.warnings()).hasSize(2).doesNotHaveDuplicates();
        }
        awaitRdma(late, blocks);
    }

    @Order(5)
    @Test
    void shouldGoOnAndComeBackToRdmaWhenNodeIsKilledInMidTransferAndReturns() {
        ObservedClient loading = client();
        try (Load load = cluster.load(LOAD, loading.client().withTimeout(Duration.ofSeconds(24)))) {
            load.awaitProgress(20, 20);
            load.faultBegins();
            node.kill();
            load.awaitProgress(20, 20);
            node = cluster.nodeProcess(NODE);
            node.awaitLine("mounted");
            load.faultHealed(plan.recovery());
            long before = loading.rdmaBytes(NODE);
            await().until(() -> loading.rdmaBytes(NODE) > before);
            load.awaitProgress(20, 20);
            load.stop().assertRight();
        }
    }

    /** As for an operator who isn't root. */
    @Order(6)
    @Test
    void shouldServeByTcpAndSayOnceWhatWouldHelpWhenNodeMayLockLittleMemory() {
        ChildProcess poor = cluster.nodeProcess(LITTLE_LOCKED_MEMORY, POOR, MemoryKind.shm(cluster.memoryDirectory()));
        poor.awaitLine("mounted");
        Blocks blocks = new Blocks("poor/", BLOCK_BYTES);
        await().until(() -> {
            blocks.putAndGet(client);
            return observed.tcpBytes(POOR) > 0;
        });
        assertThat(observed.rdmaBytes(POOR)).isZero();
        assertThat(poor.printed().lines().filter(line -> line.contains("RDMA")))
                .singleElement()
                .asString()
                .contains("RDMA is off, bytes move over TCP", "may lock 65536 bytes", "ulimit -l unlimited")
                .contains("LimitMEMLOCK=infinity");
    }

    private static void stored(PutResult result) {
        assertThat(result.status()).as(result.detail()).isEqualTo(PutResult.Status.STORED);
    }

    private static void assertRight(String key, ByteBuffer value, int size) {
        assertThat(value.remaining()).isEqualTo(size);
        assertThat(VersionedValue.objection(key, value)).isEmpty();
    }
}
