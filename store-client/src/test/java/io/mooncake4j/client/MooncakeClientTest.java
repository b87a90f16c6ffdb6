package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MooncakeClientTest {
    @RegisterExtension
    final ScriptedStore scripted = new ScriptedStore(
            1, builder -> builder.closeTimeout(Duration.ofSeconds(20)).localBufferBytes(1 << 20));

    private final ScriptedMaster master = scripted.master;
    private final UUID segment = master.segments.get(0);
    private MooncakeClient client = scripted.client();

    private static void assertFails(CompletableFuture<?> future, ErrorCode code) {
        assertThatThrownBy(() -> future.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    /** A transfer that waits, and goes on when the latch opens. */
    private CountDownLatch holdNextTransfer(CountDownLatch reached) {
        CountDownLatch go = new CountDownLatch(1);
        master.nodes.next(segment, (nodes, transfer, deadline) -> {
            reached.countDown();
            try {
                assertThat(go.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            nodes.copy(transfer);
        });
        return go;
    }

    @Test
    void shouldMoveEveryKindOfBuffer() {
        byte[] value = Values.of("k", 3000);
        ByteBuffer heap = ByteBuffer.wrap(value).position(0).limit(1000);
        ByteBuffer direct =
                ByteBuffer.allocateDirect(2000).put(value, 1000, 2000).flip();
        try (KvBuffer leased = client.lease(3000)) {
            leased.byteBuffer().put(value);

            client.put("array", value);
            client.put("buffers", heap, direct);
            client.put("leased", leased);
        }

        assertThat(heap.remaining()).isEqualTo(1000);
        assertThat(direct.remaining()).isEqualTo(2000);
        for (String key : List.of("array", "buffers", "leased")) {
            assertThat(client.get(key)).hasValue(value);
            try (KvBuffer got = client.getBuffer(key).orElseThrow()) {
                assertThat(got.sizeBytes()).isEqualTo(3000);
                assertThat(got.byteBuffer()).isEqualTo(ByteBuffer.wrap(value));
            }
        }
        try (KvBuffer target = client.lease(4000)) {
            assertThat(client.getInto("array", target)).hasValue(3000);
            assertThat(target.byteBuffer().limit(3000)).isEqualTo(ByteBuffer.wrap(value));
        }
    }

    @Test
    void shouldKeepALeasedBufferWhenItIsClosedDuringATransfer() throws Exception {
        byte[] value = Values.of("k", 1 << 20);
        KvBuffer buffer = client.lease(1 << 20); // all there is
        buffer.byteBuffer().put(value);
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch go = holdNextTransfer(reached);

        CompletableFuture<PutResult> put = client.putAsync(KvEntry.of("k", buffer));
        reached.await();
        buffer.close();
        assertThatThrownBy(() -> client.withTimeout(Duration.ofMillis(1)).lease(1))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED));
        go.countDown();

        assertThat(put.get().succeeded()).isTrue();
        client.lease(1 << 20).close(); // it came back
        assertThat(client.get("k")).hasValue(value);
    }

    @Test
    void shouldKeepALeasedBufferWhenItIsClosedWhileItsCallWaitsForAThread() throws Exception {
        client = scripted.client(builder -> builder.asyncThreads(1));
        byte[] value = Values.of("k", 1 << 20);
        KvBuffer buffer = client.lease(1 << 20);
        buffer.byteBuffer().put(value);
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch go = holdNextTransfer(reached);
        CompletableFuture<PutResult> before = client.putAsync(KvEntry.of("before", new byte[1]));
        reached.await();

        CompletableFuture<PutResult> put = client.putAsync(KvEntry.of("k", buffer));
        buffer.close();
        go.countDown();

        assertThat(before.get().succeeded()).isTrue();
        assertThat(put.get().succeeded()).isTrue();
        assertThat(client.get("k")).hasValue(value);
    }

    @Test
    void shouldRefuseAClosedBuffer() {
        KvBuffer buffer = client.lease(10);
        KvEntry entry = KvEntry.of("k", buffer);
        buffer.close();
        buffer.close();

        assertThatThrownBy(() -> client.put(entry, PutOptions.DEFAULT))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
        assertFails(client.putAsync(entry), ErrorCode.CLOSED);
        assertThatThrownBy(buffer::byteBuffer).isInstanceOf(StoreException.class);
    }

    @Test
    void shouldGiveBackWhatItLeasedWhenABatchDoesNotFitThePool() {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            keys.add("k" + i);
            client.put("k" + i, Values.of("k" + i, 300_000));
        }

        List<KeyResult<KvBuffer>> results = client.getBufferBatch(keys);

        assertThat(results)
                .extracting(KeyResult::error)
                .containsExactly(
                        ErrorCode.OK, ErrorCode.OK, ErrorCode.OVERLOADED, ErrorCode.OVERLOADED, ErrorCode.OVERLOADED);
        for (int i = 0; i < 2; i++) {
            try (KvBuffer got = results.get(i).value()) {
                assertThat(got.byteBuffer()).isEqualTo(ByteBuffer.wrap(Values.of("k" + i, 300_000)));
            }
        }
        client.lease(1 << 20).close(); // nothing is left behind
    }

    @Test
    void shouldGiveBackLeasedBuffersWhenTheirFuturesNoLongerWantThem() throws Exception {
        client.put("k", Values.of("k", 1 << 20)); // all there is
        for (Supplier<CompletableFuture<?>> get : List.<Supplier<CompletableFuture<?>>>of(
                () -> client.getBufferAsync("k"), () -> client.getBufferBatchAsync(List.of("k")))) {
            CountDownLatch reached = new CountDownLatch(1);
            CountDownLatch go = holdNextTransfer(reached);
            CompletableFuture<?> future = get.get();
            reached.await();
            future.cancel(false);
            go.countDown();

            client.lease(1 << 20).close(); // it came back
        }
    }

    @Test
    void shouldGiveBackWhatItLeasedWhenTheEngineItselfFails() {
        client.put("a", Values.of("a", 300_000));
        client.put("b", Values.of("b", 300_000));
        master.nodes.next(segment, (nodes, transfer, deadline) -> {
            throw new IllegalStateException("a defect");
        });

        assertThatThrownBy(() -> client.getBufferBatch(List.of("a", "b", "a")))
                .isInstanceOf(IllegalStateException.class);

        client.lease(1 << 20).close(); // nothing is left behind
    }

    @Test
    void shouldFailWithOverloadedWhenTheAsyncQueueIsFull() throws Exception {
        client = scripted.client(builder -> builder.asyncThreads(1).asyncQueue(1));
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch go = holdNextTransfer(reached);

        CompletableFuture<PutResult> runs = client.putAsync(KvEntry.of("a", new byte[1]));
        reached.await();
        CompletableFuture<PutResult> waits = client.putAsync(KvEntry.of("b", new byte[1]));
        CompletableFuture<PutResult> tooMany = client.putAsync(KvEntry.of("c", new byte[1]));

        assertFails(tooMany, ErrorCode.OVERLOADED);
        go.countDown();
        assertThat(runs.get().succeeded()).isTrue();
        assertThat(waits.get().succeeded()).isTrue();
    }

    @Test
    void shouldDoAsynchronouslyWhatItDoesSynchronously() throws Exception {
        byte[] value = Values.of("k", 100);

        assertThat(client.putAsync(KvEntry.of("k", value)).get().succeeded()).isTrue();
        assertThat(client.getAsync("k").get()).hasValue(value);
        byte[] target = new byte[100];
        assertThat(client.getIntoAsync(KvEntry.of("k", target)).get()).hasValue(100);
        assertThat(target).isEqualTo(value);
        try (KvBuffer got = client.getBufferAsync("k").get().orElseThrow()) {
            assertThat(got.byteBuffer()).isEqualTo(ByteBuffer.wrap(value));
        }
        assertThat(client.existsAsync("k").get()).isTrue();
        assertThat(client.sizeAsync("k").get()).hasValue(100);
        assertThat(client.removeAsync("k").get()).isTrue();
        assertThat(client.removeAllAsync().get()).isZero();
        assertThat(client.removeByRegexAsync(".").get()).isZero();
        assertThat(client.getAsync("k").get()).isEmpty();
    }

    @Test
    void shouldAskAboutAndRemoveKeys() {
        client.put("a", new byte[3]);
        client.put("b", new byte[5]);

        assertThat(client.exists("a")).isTrue();
        assertThat(client.exists("c")).isFalse();
        assertThat(client.size("b")).hasValue(5);
        assertThat(client.existsBatch(List.of("a", "c", "", "a")))
                .extracting(KeyResult::status)
                .containsExactly(
                        KeyResult.Status.HIT, KeyResult.Status.MISS, KeyResult.Status.FAILED, KeyResult.Status.HIT);
        assertThat(client.remove("a")).isTrue();
        assertThat(client.remove("a")).isFalse();
        assertThat(client.removeBatch(List.of("b", "c")))
                .extracting(KeyResult::isHit)
                .containsExactly(true, false);
        client.put("d", new byte[5]);
        assertThat(client.removeAll()).isEqualTo(1);
        client.put("d", new byte[5]);
        assertThat(client.removeByRegex("d")).isEqualTo(1);
    }

    @Test
    void shouldListKeysPageByPage() {
        for (int i = 0; i < 5; i++) {
            client.put("a/" + i, new byte[i + 1]);
        }
        client.put("b", new byte[1]);

        assertThat(client.listKeys("a/"))
                .containsExactly(
                        new KeyInfo("a/0", 1),
                        new KeyInfo("a/1", 2),
                        new KeyInfo("a/2", 3),
                        new KeyInfo("a/3", 4),
                        new KeyInfo("a/4", 5));
        assertThat(client.listKeys("c")).isEmpty();
        assertThat(master.received(Method.LIST_KEYS)).hasSize(4);
        assertThat(client.clusterStatus().segments()).isEmpty();
    }

    @Test
    void shouldWaitForRunningCallsWhenItCloses() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch go = holdNextTransfer(reached);
        CompletableFuture<PutResult> put = client.putAsync(KvEntry.of("k", Values.of("k", 10)));
        reached.await();

        Thread closing = new Thread(client::close);
        closing.start();
        await().until(() -> client.getAsync("k").isCompletedExceptionally());
        assertThat(closing.isAlive()).isTrue();
        go.countDown();
        closing.join();

        assertThat(put.get().succeeded()).isTrue();
        assertThatThrownBy(() -> client.get("k"))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
        client.close();
    }

    @Test
    void shouldFailCallsWhenTheCloseTimeoutIsOver() throws Exception {
        client = scripted.client(builder -> builder.closeTimeout(Duration.ofMillis(50)));
        master.next(Method.GET_REPLICAS, ScriptedMaster.LOST_REQUEST);
        CompletableFuture<?> get = client.getAsync("k");
        await().until(() -> !master.received(Method.GET_REPLICAS).isEmpty());

        client.close();

        assertFails(get, ErrorCode.CLOSED);
    }

    @Test
    void shouldRefuseSettingsThatMakeNoSense() {
        assertThatThrownBy(() -> MooncakeClient.builder().build()).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> MooncakeClient.builder().masters("nowhere")).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> MooncakeClient.builder().operationTimeout(Duration.ZERO))
                .isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> MooncakeClient.builder().localBufferBytes(2L << 30))
                .isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> MooncakeClient.builder().asyncThreads(0)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> PutOptions.DEFAULT.withReplicaNum(65)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> PutOptions.DEFAULT.withSoftPin(Duration.ofSeconds(-1)))
                .isInstanceOf(StoreException.class);
    }
}
