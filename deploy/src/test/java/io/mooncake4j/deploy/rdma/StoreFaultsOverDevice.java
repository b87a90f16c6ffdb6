package io.mooncake4j.deploy.rdma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.KeyResult;
import io.mooncake4j.client.KvBuffer;
import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A caller whose time is over while bytes move, and a device whose network goes away and comes back. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class StoreFaultsOverDevice {
    private static final int LARGE_BYTES = 8 << 20;
    private static final int BLOCK_BYTES = 256 << 10;
    private static final byte[] UNTOUCHED = new byte[64 << 10];

    static {
        Arrays.fill(UNTOUCHED, (byte) 0x5A);
    }

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    private final TestDevice device = TestDevice.underTest();
    private ObservedClient observed;

    private void start(ClusterPlan plan) {
        cluster.start(plan.withNodes(1, 2 * LARGE_BYTES, 2 * LARGE_BYTES));
        observed = ObservedClient.of(
                RdmaSetup.client(cluster.clientBuilder(false), RdmaSetup.options(device.name(), RdmaSetup.SMALL_WINDOW))
                        .localBufferBytes(32 << 20));
    }

    @AfterEach
    void close() {
        if (observed != null) {
            observed.close();
        }
    }

    @Test
    void shouldLeaveCallersBufferAloneWhenDeadlineHasPassedInMidTransfer() {
        start(ClusterPlan.DEFAULT.withNetwork(device.nodes()));
        MooncakeClient client = observed.client();
        assertThat(client.put("large", VersionedValue.of("large", 1, LARGE_BYTES))
                        .succeeded())
                .isTrue();
        assertRight("large", client.get("large").orElseThrow());
        byte[] atDeadline = new byte[LARGE_BYTES];
        byte[] afterwards = new byte[LARGE_BYTES];
        try (KvBuffer buffer = client.lease(LARGE_BYTES);
                KvBuffer later = client.lease(LARGE_BYTES)) {
            getUntilPartlyFilled(client, buffer);
            buffer.byteBuffer().duplicate().get(atDeadline);
            for (int i = 0; i < 2; i++) { // so long that all of the former one would have come
                assertThat(client.getInto("large", later)).hasValue(LARGE_BYTES);
                assertThat(VersionedValue.objection("large", later.byteBuffer()))
                        .isEmpty();
            }
            buffer.byteBuffer().duplicate().get(afterwards);
        }
        assertThat(observed.tcpBytes()).as("bytes by TCP").isZero();
        assertThat(afterwards).isEqualTo(atDeadline);
    }

    /** Ever longer times, until one is over when some bytes have arrived and others haven't. */
    private static void getUntilPartlyFilled(MooncakeClient client, KvBuffer buffer) {
        ByteBuffer bytes = buffer.byteBuffer();
        for (long micros = 20_000; ; micros = micros * 9 / 8) {
            for (int at = 0; at < bytes.capacity(); at += UNTOUCHED.length) {
                bytes.put(at, UNTOUCHED);
            }
            MooncakeClient hurried = client.withTimeout(Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros)));
            KeyResult<KvEntry> result =
                    hurried.getIntoBatch(List.of(KvEntry.of("large", buffer))).get(0);
            if (result.isHit()) {
                micros = 10_000; // all at once: from the start
            } else if (isTouched(bytes)) {
                return;
            }
        }
    }

    private static boolean isTouched(ByteBuffer bytes) {
        ByteBuffer untouched = ByteBuffer.wrap(UNTOUCHED);
        for (int at = 0; at < bytes.capacity(); at += UNTOUCHED.length) {
            if (bytes.slice(at, UNTOUCHED.length).mismatch(untouched) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** Not on rxe, which no program connects over again (Linux 6.1) once a connection was lost so. */
    @Test
    @Tag("siw")
    void shouldGoOnOverTcpAndComeBackWhenDeviceIsWithoutNetworkForAWhile() {
        start(ClusterPlan.DEFAULT.withNetwork(device.nodesOnLoopback()));
        MooncakeClient client = observed.client().withTimeout(Duration.ofSeconds(24));
        String network = device.network();
        Blocks blocks = new Blocks("network/", BLOCK_BYTES);
        blocks.putAndGet(client);
        assertThat(observed.tcpBytes()).isZero();
        Program.run("ip", "link", "set", network, "down");
        try {
            await().until(() -> {
                blocks.putAndGet(client);
                return observed.tcpBytes() > 0;
            });
        } finally {
            Program.run("ip", "link", "set", network, "up");
        }
        long before = observed.rdmaBytes();
        await().until(() -> {
            blocks.putAndGet(client);
            return observed.rdmaBytes() > before;
        });
    }

    private static void assertRight(String key, byte[] bytes) {
        assertThat(VersionedValue.objection(key, ByteBuffer.wrap(bytes))).isEmpty();
    }
}
