package io.mooncake4j.deploy.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.KeyInfo;
import io.mooncake4j.client.KeyResult;
import io.mooncake4j.client.KvBuffer;
import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutOptions;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users do with a store, on a master, nodes and clients in one process. */
class StoreEndToEndTest {
    private static final Duration SHORT_LEASE = Duration.ofMillis(100);

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    private static byte[] value(String key, int bytes) {
        return VersionedValue.of(key, 1, bytes);
    }

    private static void put(MooncakeClient client, String key, int bytes) {
        assertThat(client.put(key, value(key, bytes)).status()).isEqualTo(PutResult.Status.STORED);
    }

    private static void assertRight(MooncakeClient client, String key, int bytes) {
        assertThat(client.get(key)).hasValueSatisfying(got -> assertThat(got).isEqualTo(value(key, bytes)));
    }

    private static List<String> listed(MooncakeClient client, String prefix) {
        return StreamSupport.stream(client.listKeys(prefix).spliterator(), false)
                .map(KeyInfo::key)
                .sorted()
                .toList();
    }

    @ParameterizedTest(name = "checksums {0}")
    @ValueSource(booleans = {true, false})
    void shouldGetEveryByteBackWhenSizesGoFromOneByteToForty(boolean checksums) {
        cluster.start(ClusterPlan.DEFAULT.withNodes(2, 96 << 20, 32 << 20));
        MooncakeClient client = cluster.client(checksums);
        client.put("one", new byte[] {42});
        assertThat(client.get("one")).contains(new byte[] {42});
        for (int bytes : new int[] {16, 63, 64, 65, 4095, 4096, 65_535, 65_537, 1 << 20, (1 << 23) + 1, 40 << 20}) {
            String key = "size/" + bytes;
            put(client, key, bytes);
            assertRight(client, key, bytes);
            assertThat(client.size(key)).hasValue(bytes);
            client.remove(key);
        }
    }

    @ParameterizedTest(name = "checksums {0}")
    @ValueSource(booleans = {true, false})
    void shouldSpreadValueOverRegionsWhenItIsLargerThanOne(boolean checksums) {
        cluster.start(ClusterPlan.DEFAULT.withNodes(2, 16 << 20, 1 << 20));
        MooncakeClient client = cluster.client(checksums);
        int bytes = (5 << 20) + 12_345;
        put(client, "large", bytes);
        assertRight(client, "large", bytes);
        ByteBuffer first = ByteBuffer.allocateDirect(1_000_001);
        ByteBuffer second = ByteBuffer.allocate(bytes - 1_000_001);
        assertThat(client.getInto("large", first, second)).hasValue(bytes);
        byte[] joined = new byte[bytes];
        first.get(joined, 0, 1_000_001);
        second.get(joined, 1_000_001, bytes - 1_000_001);
        assertThat(joined).isEqualTo(value("large", bytes));
    }

    @Test
    void shouldGiveEachKeyItsResultWhenBatchHasMissesDuplicatesAndWrongKeys() {
        cluster.start(ClusterPlan.DEFAULT);
        MooncakeClient client = cluster.client(true);
        List<KvEntry> entries = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            entries.add(KvEntry.of("b/" + i, value("b/" + i, 100 + i)));
        }
        entries.add(KvEntry.of("b/7", value("b/7", 107)));
        entries.add(KvEntry.of("", new byte[] {1}));
        List<PutResult> stored = client.putBatch(entries);
        assertThat(stored.subList(0, 301)).allMatch(PutResult::succeeded);
        assertThat(stored.get(301).error()).isEqualTo(ErrorCode.INVALID_KEY);
        List<KeyResult<byte[]>> got = client.getBatch(List.of("b/7", "none", "b/299", "b/7", ""));
        assertThat(got.get(0).value()).isEqualTo(value("b/7", 107));
        assertThat(got.get(1).status()).isEqualTo(KeyResult.Status.MISS);
        assertThat(got.get(2).value()).isEqualTo(value("b/299", 399));
        assertThat(got.get(3).value()).isEqualTo(value("b/7", 107));
        assertThat(got.get(4).error()).isEqualTo(ErrorCode.INVALID_KEY);
        assertThat(client.put("b/7", new byte[] {1}).status()).isEqualTo(PutResult.Status.EXISTED);
        assertRight(client, "b/7", 107);
    }

    @Test
    void shouldMoveLayersWhenEveryKeyHasSeveralBuffers() {
        cluster.start(ClusterPlan.DEFAULT);
        MooncakeClient client = cluster.client(true);
        int layers = 24;
        int layerBytes = 3_000;
        List<KvEntry> puts = new ArrayList<>();
        List<KvEntry> gets = new ArrayList<>();
        List<ByteBuffer> received = new ArrayList<>();
        for (int k = 0; k < 20; k++) {
            byte[] whole = value("kv/" + k, layers * layerBytes);
            ByteBuffer[] from = new ByteBuffer[layers];
            ByteBuffer[] to = new ByteBuffer[layers];
            for (int layer = 0; layer < layers; layer++) {
                from[layer] = ByteBuffer.allocateDirect(layerBytes)
                        .put(whole, layer * layerBytes, layerBytes)
                        .flip();
                to[layer] = ByteBuffer.allocateDirect(layerBytes);
                received.add(to[layer]);
            }
            puts.add(KvEntry.of("kv/" + k, from));
            gets.add(KvEntry.of("kv/" + k, to));
        }
        assertThat(client.putBatch(puts)).allMatch(result -> result.status() == PutResult.Status.STORED);
        assertThat(client.getIntoBatch(gets)).allMatch(KeyResult::isHit);
        for (int k = 0; k < 20; k++) {
            ByteBuffer whole = ByteBuffer.allocate(layers * layerBytes);
            received.subList(k * layers, (k + 1) * layers).forEach(part -> whole.put(part.duplicate()));
            assertThat(VersionedValue.objection("kv/" + k, whole.flip())).isEmpty();
        }
    }

    @Test
    void shouldSendWhatWasInLeasedBuffersWhenTheyAreClosedAndUsedAgainAtOnce() {
        cluster.start(ClusterPlan.DEFAULT.withNodes(2, 32 << 20, 32 << 20));
        MooncakeClient client = cluster.build(cluster.clientBuilder(false).localBufferBytes(1 << 20));
        int bytes = 100_000;
        List<CompletableFuture<PutResult>> puts = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            try (KvBuffer buffer = client.lease(bytes)) {
                VersionedValue.fill("leased/" + i, 1, buffer.byteBuffer());
                puts.add(client.putAsync(KvEntry.of("leased/" + i, buffer)));
            }
        }
        puts.forEach(put -> assertThat(put.join().succeeded()).isTrue());
        for (int i = 0; i < 200; i++) {
            try (KvBuffer got = client.getBuffer("leased/" + i).orElseThrow()) {
                assertThat(VersionedValue.objection("leased/" + i, got.byteBuffer()))
                        .isEmpty();
            }
        }
    }

    @Test
    void shouldKeepTenantsApartWhenTheyUseTheSameKeys() {
        cluster.start(ClusterPlan.DEFAULT);
        MooncakeClient red = cluster.build(cluster.clientBuilder(true).tenant("red"));
        MooncakeClient blue = cluster.build(cluster.clientBuilder(true).tenant("blue"));
        red.put("key", "red".getBytes(UTF_8));
        assertThat(blue.get("key")).isEmpty();
        blue.put("key", "blue".getBytes(UTF_8));
        assertThat(red.removeAll()).isEqualTo(1);
        assertThat(red.exists("key")).isFalse();
        assertThat(blue.get("key")).contains("blue".getBytes(UTF_8));
        assertThat(listed(blue, "")).containsExactly("key");
    }

    @Test
    void shouldRemoveAndListWhenAskedByKeyByPatternAndAltogether() {
        cluster.start(ClusterPlan.DEFAULT);
        MooncakeClient client = cluster.client(true);
        for (String key : List.of("a/1", "a/2", "b/1", "b/2", "c")) {
            put(client, key, 1000);
        }
        assertThat(client.remove("a/1")).isTrue();
        assertThat(client.remove("a/1")).isFalse();
        assertThat(client.get("a/1")).isEmpty();
        assertThat(listed(client, "a/")).containsExactly("a/2");
        assertThat(client.removeByRegex("^b/[0-9]$")).isEqualTo(2);
        assertThat(listed(client, "")).containsExactly("a/2", "c");
        assertThat(client.removeAll()).isEqualTo(2);
        assertThat(listed(client, "")).isEmpty();
        put(client, "a/1", 2000);
        assertRight(client, "a/1", 2000);
    }

    @Test
    void shouldAnswerAsBlockingCallsDoWhenCalledAsynchronously() {
        cluster.start(ClusterPlan.DEFAULT);
        MooncakeClient client = cluster.client(true);
        byte[] bytes = value("async", 50_000);
        assertThat(client.putAsync(KvEntry.of("async", bytes)).join().status()).isEqualTo(PutResult.Status.STORED);
        assertThat(client.getAsync("async").join()).contains(bytes);
        byte[] target = new byte[60_000];
        assertThat(client.getIntoAsync(KvEntry.of("async", target)).join()).isEqualTo(OptionalLong.of(50_000));
        assertThat(target).startsWith(bytes);
        assertThat(client.existsAsync("async").join()).isTrue();
        assertThat(client.sizeAsync("none").join()).isEmpty();
        assertThat(client.removeAsync("async").join()).isTrue();
        assertThat(client.getAsync("async").join()).isEmpty();
        client.putAsync(KvEntry.of("x", bytes)).join();
        assertThat(client.removeByRegexAsync("x").join()).isEqualTo(1);
        assertThat(client.removeAllAsync().join()).isZero();
    }

    @ParameterizedTest(name = "checksums {0}")
    @ValueSource(booleans = {true, false})
    void shouldReadFromTheOtherReplicaWhenOneNodeIsGone(boolean checksums) {
        cluster.start(ClusterPlan.DEFAULT.withNodes(2, 16 << 20, 4 << 20));
        MooncakeClient client = cluster.client(checksums);
        PutOptions twice = PutOptions.DEFAULT.withReplicaNum(2);
        for (int i = 0; i < 40; i++) {
            PutResult put = client.put(KvEntry.of("r/" + i, value("r/" + i, 50_000)), twice);
            assertThat(put.replicas()).isEqualTo(2);
        }
        cluster.node(0).close();
        for (int i = 0; i < 40; i++) {
            assertRight(client, "r/" + i, 50_000);
        }
        PutResult alone = client.put(KvEntry.of("alone", value("alone", 1000)), twice);
        assertThat(alone.replicas()).as("best effort").isEqualTo(1);
    }

    /** Each access takes longer than what permits it; it began in time. */
    @Test
    void shouldRenewGrantsAndLeasesWhenTransfersTakeLonger() {
        long term = TimeUnit.SECONDS.toNanos(2);
        cluster.start(ClusterPlan.DEFAULT
                .withNodes(1, 4 << 20, 4 << 20)
                .withHook((token, range, offset, length) -> stallFor(term + term / 4))
                .withLease(Duration.ofNanos(term))
                .withGrant(Duration.ofNanos(term), Duration.ofMillis(50), Duration.ofSeconds(30)));
        MooncakeClient client = cluster.client(false);
        int bytes = 1 << 20; // one access
        long begun = System.nanoTime();
        put(client, "slow", bytes);
        assertThat(System.nanoTime() - begun).isGreaterThan(term);
        assertThat(cluster.master().grantsLapsed()).isZero();
        begun = System.nanoTime();
        assertRight(client, "slow", bytes);
        assertThat(System.nanoTime() - begun).isGreaterThan(term);
    }

    private static void stallFor(long nanos) {
        long endNanos = System.nanoTime() + nanos;
        while (System.nanoTime() - endNanos < 0) {
            LockSupport.parkNanos(endNanos - System.nanoTime());
        }
    }

    @Test
    void shouldEvictOthersFirstWhenObjectsArePinned() {
        cluster.start(ClusterPlan.DEFAULT.withNodes(1, 4 << 20, 4 << 20).withLease(SHORT_LEASE));
        MooncakeClient client = cluster.client(true);
        int bytes = 50_000;
        client.put(KvEntry.of("hard", value("hard", bytes)), PutOptions.DEFAULT.withHardPin(true));
        client.put(KvEntry.of("soft", value("soft", bytes)), PutOptions.DEFAULT.withSoftPin(Duration.ofMinutes(30)));
        put(client, "plain", bytes);
        for (int i = 0; i < 300; i++) {
            assertThat(client.put("fill/" + i, value("fill/" + i, bytes)).succeeded())
                    .isTrue();
        }
        assertThat(cluster.master().evictedBytes()).isPositive();
        assertThat(client.exists("plain")).isFalse();
        assertRight(client, "hard", bytes);
        assertRight(client, "soft", bytes);
        assertRight(client, "fill/299", bytes);
    }

    @Test
    void shouldEvictSoftPinnedButNeverHardPinnedWhenNothingElseIsLeft() {
        cluster.start(ClusterPlan.DEFAULT.withNodes(1, 2 << 20, 2 << 20).withLease(SHORT_LEASE));
        MooncakeClient client = cluster.client(true);
        MooncakeClient hasty = client.withTimeout(Duration.ofSeconds(2));
        PutOptions soft = PutOptions.DEFAULT.withSoftPin(Duration.ofMinutes(30));
        PutOptions hard = PutOptions.DEFAULT.withHardPin(true);
        int bytes = 100_000;
        client.put(KvEntry.of("first", value("first", bytes)), soft);
        for (int i = 0; i < 40; i++) {
            assertThat(client.put(KvEntry.of("soft/" + i, value("soft/" + i, bytes)), soft)
                            .succeeded())
                    .isTrue();
        }
        assertThat(client.exists("first")).isFalse();
        List<String> kept = new ArrayList<>();
        ErrorCode error = ErrorCode.OK;
        for (int i = 0; error == ErrorCode.OK; i++) {
            PutResult put = hasty.putBatch(List.of(KvEntry.of("hard/" + i, value("hard/" + i, bytes))), hard)
                    .get(0);
            error = put.error();
            if (put.succeeded()) {
                kept.add("hard/" + i);
            }
        }
        assertThat(error).isEqualTo(ErrorCode.NO_AVAILABLE_HANDLE);
        assertThat(kept).hasSizeBetween(15, 21);
        kept.forEach(key -> assertRight(client, key, bytes));
    }

    @Test
    void shouldGoOnWithoutContentWhenMasterIsReplaced() {
        cluster.start(ClusterPlan.DEFAULT);
        MooncakeClient client = cluster.client(true);
        put(client, "before", 10_000);
        assertRight(client, "before", 10_000);
        var segmentBefore = cluster.node(0).segmentId();
        cluster.replaceMaster();
        await().until(() -> cluster.master().segments().size() == 2);
        assertThat(client.get("before")).isEmpty();
        put(client, "before", 20_000);
        assertRight(client, "before", 20_000);
        assertThat(cluster.node(0).segmentId()).isNotEqualTo(segmentBefore);
    }
}
