package io.mooncake4j.deploy.rdma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.KeyResult;
import io.mooncake4j.client.KvBuffer;
import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.Load;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.deploy.soak.ChildProcess;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Processes that die or stop, and a device without room or network, while bytes move over it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class FaultsOverDevice {
    private static final int SLOT_BYTES = 8 << 20;
    private static final int LARGE_BYTES = 8 << 20;
    private static final int BLOCK_BYTES = 256 << 10;
    private static final byte MARK = 0x5A;
    private static final Load.Shape LOAD = new Load.Shape(2, 2, 200, 128 << 10, 1, false, false);

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    private final TestDevice device = TestDevice.underTest();
    private final List<ObservedClient> clients = new ArrayList<>();
    private int blocks;

    private final ClusterPlan plan = ClusterPlan.DEFAULT
            .withNetwork(device.nodes())
            .withLease(Duration.ofSeconds(1))
            .withGrant(Duration.ofSeconds(3), Duration.ofMillis(300), Duration.ofSeconds(20))
            .withSilence(Duration.ofSeconds(3), Duration.ofSeconds(6), Duration.ofMinutes(2));

    @AfterEach
    void close() {
        clients.forEach(ObservedClient::close);
    }

    private ObservedClient client() {
        ObservedClient client = ObservedClient.of(RdmaSetup.client(
                        cluster.clientBuilder(false), RdmaSetup.options(device.name(), RdmaSetup.USUAL_WINDOW))
                .localBufferBytes(32 << 20));
        clients.add(client);
        return client;
    }

    @Test
    void shouldGoOnAndComeBackToRdmaWhenNodeIsKilledInMidTransferAndReturns() {
        List<ChildProcess> nodes = cluster.startWithNodeProcesses(plan);
        ObservedClient one = client();
        ObservedClient other = client();
        try (Load load = cluster.load(
                LOAD,
                one.client().withTimeout(Duration.ofSeconds(8)),
                other.client().withTimeout(Duration.ofSeconds(8)))) {
            load.awaitProgress(30, 30);
            load.faultBegins();
            nodes.get(0).kill();
            load.awaitProgress(30, 30);
            ChildProcess again = cluster.nodeProcess("node-0");
            again.awaitLine("mounted");
            load.faultHealed(plan.recovery());
            long before = one.rdmaBytes("node-0");
            await().until(() -> one.rdmaBytes("node-0") > before);
            load.awaitProgress(30, 30);
            load.stop().assertRight();
        }
        assertThat(one.rdmaBytes()).isPositive();
        assertThat(other.rdmaBytes()).isPositive();
    }

    @Test
    void shouldGiveMemoryToOthersWhenClientIsKilledInMidWrite() {
        cluster.start(plan.withOneSlot(SLOT_BYTES));
        long self = ProcessHandle.current().pid();
        MooncakeClient client = cluster.client(false);
        try (SlotWatch slot = new SlotWatch(cluster, SLOT_BYTES)) {
            ChildProcess writer =
                    cluster.process("writer", RdmaClientMain.class, cluster.masters(), device.name(), true);
            writer.awaitLine("ready");
            long version = slot.freezeInMidWrite(writer, client::remove);
            assertThat(device.queuePairs(self)).as("queue pairs of the node").isPositive();
            writer.kill();
            await().until(() -> cluster.master().grantsLapsed() > 0);
            await().until(() -> cluster.master().quarantinedBytes() == 0);
            await().until(() -> device.queuePairs(self) == 0);
            ObservedClient next = client();
            PutResult put = next.client().put("new", VersionedValue.of("new", 1, SLOT_BYTES));
            assertThat(put.status()).isEqualTo(PutResult.Status.STORED);
            assertThat(next.rdmaBytes()).isEqualTo(SLOT_BYTES);
            assertRight("new", client.get("new").orElseThrow());
            assertThat(client.get(SlotWatch.key(version))).isEmpty();
        }
    }

    @Test
    void shouldLeaveCallersBufferAloneWhenDeadlineHasPassedInMidTransfer() {
        cluster.start(plan.withNodes(1, 2 * LARGE_BYTES, 2 * LARGE_BYTES));
        ObservedClient reader = client();
        MooncakeClient client = reader.client();
        assertThat(client.put("large", VersionedValue.of("large", 1, LARGE_BYTES))
                        .succeeded())
                .isTrue();
        assertRight("large", client.get("large").orElseThrow());
        byte[] atDeadline = new byte[LARGE_BYTES];
        try (KvBuffer buffer = client.lease(LARGE_BYTES);
                KvBuffer later = client.lease(LARGE_BYTES)) {
            getUntilPartlyFilled(client, buffer);
            buffer.byteBuffer().duplicate().get(atDeadline);
            for (int i = 0; i < 2; i++) { // so long that all of the former one would have come
                assertThat(client.getInto("large", later)).hasValue(LARGE_BYTES);
                assertThat(VersionedValue.objection("large", later.byteBuffer())).isEmpty();
            }
            byte[] afterwards = new byte[LARGE_BYTES];
            buffer.byteBuffer().duplicate().get(afterwards);
            assertThat(afterwards).isEqualTo(atDeadline);
        }
        assertThat(reader.rdmaBytes()).as("bytes by RDMA").isGreaterThan(2L * LARGE_BYTES);
    }

    /** Ever longer times, until one is over when some bytes have arrived and others haven't. */
    private static void getUntilPartlyFilled(MooncakeClient client, KvBuffer buffer) {
        ByteBuffer bytes = buffer.byteBuffer();
        for (long micros = 20_000; ; micros = micros * 9 / 8) {
            for (int i = 0; i < bytes.capacity(); i += Long.BYTES) {
                bytes.putLong(i, MARK);
            }
            MooncakeClient hurried = client.withTimeout(Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros)));
            KeyResult<KvEntry> result =
                    hurried.getIntoBatch(List.of(KvEntry.of("large", buffer))).get(0);
            if (result.isHit()) {
                micros = 10_000; // all at once: from the start
            } else if (filledLongs(bytes) > 0) {
                return;
            }
        }
    }

    private static long filledLongs(ByteBuffer bytes) {
        long filled = 0;
        for (int i = 0; i < bytes.capacity(); i += Long.BYTES) {
            filled += bytes.getLong(i) == MARK ? 0 : 1;
        }
        return filled;
    }

    @Test
    void shouldUseTcpAndSaySoOnceWhenNodeHasNoQueuePairsLeft() {
        ChildProcess node =
                cluster.startWithNodeProcesses(plan.withNodes(1, 16 << 20, 16 << 20)).get(0);
        ObservedClient observed = client();
        try (CapturedLog log = CapturedLog.of("io.mooncake4j.transfer.rdma");
                DeviceQuota quota = DeviceQuota.exhaust(device.name(), node.pid())) {
            while (observed.tcpBytes() < 8 * BLOCK_BYTES) {
                putAndGet(observed.client());
            }
            assertThat(observed.rdmaBytes()).isZero();
            assertThat(log.warnings()).hasSize(1);
            assertThat(log.warnings().get(0)).contains(device.address());
        }
        await().until(() -> {
            putAndGet(observed.client());
            return observed.rdmaBytes() > 0;
        });
    }

    @Test
    void shouldGoOnOverTcpAndComeBackWhenDeviceIsWithoutNetworkForAWhile() {
        cluster.start(plan.withNetwork(device.nodesOnLoopback()).withNodes(1, 16 << 20, 16 << 20));
        ObservedClient observed = client();
        MooncakeClient client = observed.client().withTimeout(Duration.ofSeconds(16));
        String network = device.network();
        putAndGet(client);
        assertThat(observed.tcpBytes()).isZero();
        Program.run("ip", "link", "set", network, "down");
        try {
            await().until(() -> {
                putAndGet(client);
                return observed.tcpBytes() > 0;
            });
        } finally {
            Program.run("ip", "link", "set", network, "up");
        }
        long before = observed.rdmaBytes();
        await().until(() -> {
            putAndGet(client);
            return observed.rdmaBytes() > before;
        });
    }

    private void putAndGet(MooncakeClient client) {
        String key = "block/" + blocks++;
        assertThat(client.put(key, VersionedValue.of(key, 1, BLOCK_BYTES)).succeeded())
                .isTrue();
        assertRight(key, client.get(key).orElseThrow());
    }

    private static void assertRight(String key, byte[] bytes) {
        assertThat(VersionedValue.objection(key, ByteBuffer.wrap(bytes))).isEmpty();
    }
}
