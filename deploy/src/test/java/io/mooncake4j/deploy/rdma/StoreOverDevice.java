package io.mooncake4j.deploy.rdma;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.client.KeyResult;
import io.mooncake4j.client.KvBuffer;
import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.deploy.soak.ChildProcess;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Master, nodes and clients as processes: everything that a client can do, and that the bytes go past the nodes. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoreOverDevice {
    /** Pings, answers about sessions, and what a JVM reads: of a node that moves no payload itself. */
    private static final double MOST_BY_SYSTEM_CALLS = 0.2;

    private static final int[] SIZES = {16, 63, 4096, 4097, (64 << 10) + 13, 1 << 20};

    private final TestDevice device = TestDevice.underTest();
    private LauncherStore store;
    private ObservedClient observed;
    private MooncakeClient client;

    @BeforeAll
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void start() {
        store = new LauncherStore(device);
        observed = ObservedClient.of(
                RdmaSetup.client(MooncakeClient.builder(), RdmaSetup.options(device.name(), RdmaSetup.USUAL_WINDOW))
                        .masters(LauncherStore.MASTER)
                        .checksums(false)
                        .localBufferBytes(16 << 20));
        client = observed.client();
    }

    @AfterAll
    void stop() {
        if (observed != null) {
            observed.close();
        }
        if (store != null) {
            store.close();
        }
    }

    @Test
    void shouldMoveEveryByteByRdmaWhenValuesArePutAndGotInEveryWay() {
        ProcessTraffic traffic = ProcessTraffic.of(store.nodePids());
        long before = observed.rdmaBytes();
        long moved = 0;
        for (int size : SIZES) {
            moved += arrays("array/" + size, size);
            moved += parts("parts/" + size, size);
            moved += leased("leased/" + size, size);
        }
        moved += batch();
        assertThat(observed.rdmaBytes() - before).as("bytes by RDMA").isEqualTo(moved);
        assertThat(observed.tcpBytes()).as("bytes by TCP").isZero();
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

    @Test
    void shouldReadRightBytesOrNoneWhenTheStoreEvictsAllTheTime() {
        int size = 256 << 10;
        long count = 2 * LauncherStore.CAPACITY_BYTES / size;
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

    @ParameterizedTest(name = "checksums {0}")
    @ValueSource(booleans = {false, true})
    void shouldReplayTheGeneratedWorkloadWithoutAWrongByteWhenAllClientsUseRdma(boolean checksums) {
        ProcessTraffic traffic = ProcessTraffic.of(store.nodePids());
        ChildProcess replay = store.run(
                "replay",
                "--requests",
                "40",
                "--bytes-per-token",
                "128",
                "--clients",
                "2",
                "--json",
                checksums ? "--checksums" : "--no-checksums");
        replay.awaitEnd();
        String report = replay.printed();
        assertThat(number(report, "wrong_bytes")).as(report).isZero();
        assertThat(number(report, "failed_requests")).as(report).isZero();
        assertThat(number(report, "requests")).as(report).isEqualTo(40);
        assertThat(number(report, "block_hits")).as(report).isPositive();
        long moved = number(report, "read_bytes") + number(report, "written_bytes");
        assertThat(traffic.bytes())
                .as("bytes that the nodes' threads moved, of %s", moved)
                .isLessThan((long) (MOST_BY_SYSTEM_CALLS * moved));
    }

    private static long number(String json, String field) {
        Matcher found = Pattern.compile(String.format(Locale.ROOT, "\"%s\": ?([0-9]+)", field))
                .matcher(json);
        assertThat(found.find()).as("%s in %s", field, json).isTrue();
        return Long.parseLong(found.group(1));
    }

    private static void stored(PutResult result) {
        assertThat(result.status()).as(result.detail()).isEqualTo(PutResult.Status.STORED);
    }

    private static void assertRight(String key, ByteBuffer value, int size) {
        assertThat(value.remaining()).isEqualTo(size);
        assertThat(VersionedValue.objection(key, value)).isEmpty();
    }
}
