package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Checksum;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.PutStartRequest;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PutFlowTest {
    private static final PutOptions TWO = PutOptions.DEFAULT.withReplicaNum(2);

    @RegisterExtension
    final ScriptedStore scripted = new ScriptedStore(2, builder -> builder.operationTimeout(Duration.ofSeconds(20)));

    private final ScriptedMaster master = scripted.master;
    private final UUID first = master.segments.get(0);
    private MooncakeClient client = scripted.client();

    @Test
    void shouldStoreEveryReplicaWhenAllGoesWell() {
        byte[] value = Values.of("k", 100_000);

        PutResult result = client.put(KvEntry.of("k", value), TWO);

        assertThat(result).isEqualTo(PutResult.stored(100_000, 2));
        scripted.assertStored("k", value, 2);
        assertThat(master.methods()).containsExactly(Method.PUT_START, Method.PUT_END);
    }

    @Test
    void shouldSendNoChecksumWhenTheyAreOff() {
        client = scripted.client(builder -> builder.checksums(false));

        client.put("k", Values.of("k", 100));

        assertThat(master.object("k").checksum()).isEqualTo(Checksum.NONE);
    }

    @Test
    void shouldWriteAllExtentsWhenAValueIsSplit() {
        master.extentBytes = 1000;
        byte[] value = Values.of("k", 10_500);

        client.put(KvEntry.of("k", value), TWO);

        scripted.assertStored("k", value, 2);
    }

    @Test
    void shouldReportExistedWhenTheKeyCanBeRead() {
        master.store("k", Values.of("k", 1, 10), 0, 1);

        PutResult result = client.put("k", Values.of("k", 2, 20));

        assertThat(result).isEqualTo(PutResult.existed(20));
        assertThat(master.object("k").size()).isEqualTo(10);
        assertThat(master.methods()).containsExactly(Method.PUT_START);
    }

    @Test
    void shouldSendAKeyOnceWhenABatchHasItTwice() {
        byte[] a = Values.of("a", 1, 500);
        byte[] b = Values.of("b", 1, 600);

        List<PutResult> results = client.putBatch(
                List.of(KvEntry.of("a", a), KvEntry.of("b", b), KvEntry.of("a", Values.of("a", 2, 700))));

        assertThat(results)
                .containsExactly(PutResult.stored(500, 1), PutResult.stored(600, 1), PutResult.stored(500, 1));
        scripted.assertStored("a", a, 1);
        scripted.assertStored("b", b, 1);
        PutStartRequest start =
                (PutStartRequest) master.received(Method.PUT_START).get(0);
        assertThat(start.getSizesList()).containsExactly(500L, 600L);
    }

    @Test
    void shouldRefuseOnlyTheWrongKeysWhenABatchHasSome() {
        byte[] good = Values.of("good", 10);

        List<PutResult> results = client.putBatch(List.of(
                KvEntry.of("", good),
                KvEntry.of("good", good),
                KvEntry.of("empty", new byte[0]),
                KvEntry.of("x".repeat(5000), good)));

        assertThat(results)
                .extracting(PutResult::error)
                .containsExactly(ErrorCode.INVALID_KEY, ErrorCode.OK, ErrorCode.INVALID_PARAMS, ErrorCode.INVALID_KEY);
        scripted.assertStored("good", good, 1);
    }

    @Test
    void shouldSplitABatchWhenItIsLarge() {
        KvEntry[] entries = new KvEntry[2500];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = KvEntry.of("k" + i, Values.of("k" + i, 64));
        }

        List<PutResult> results = client.putBatch(List.of(entries));

        assertThat(results).allMatch(PutResult::succeeded);
        assertThat(master.received(Method.PUT_START)).hasSize(3);
        for (int i = 0; i < entries.length; i++) {
            scripted.assertStored("k" + i, Values.of("k" + i, 64), 1);
        }
    }

    @Test
    void shouldStartAgainUnderTheSameNumberWhenTheAnswerOfPutStartIsLost() {
        client = scripted.impatient(Duration.ofSeconds(1));
        master.next(Method.PUT_START, ScriptedMaster.LOST_REQUEST);
        byte[] value = Values.of("k", 10);

        assertThat(client.put("k", value).status()).isEqualTo(PutResult.Status.STORED);

        scripted.assertStored("k", value, 1);
        List<PutStartRequest> starts = master.received(Method.PUT_START);
        assertThat(starts).hasSize(2);
        assertThat(starts.get(0).getSequence())
                .isEqualTo(starts.get(1).getSequence())
                .isPositive();
    }

    @Test
    void shouldRevokeTheRequestWhenPutStartIsNeverAnswered() {
        scripted.connect(client);
        for (int i = 0; i < 20; i++) {
            master.next(Method.PUT_START, ScriptedMaster.LOST_REQUEST);
        }

        assertThatThrownBy(() -> client.withTimeout(Duration.ofMillis(500)).put("k", Values.of("k", 10)))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RPC_TIMEOUT));

        await().until(() -> !master.received(Method.PUT_REVOKE).isEmpty());
        PutStartRequest start =
                (PutStartRequest) master.received(Method.PUT_START).get(0);
        assertThat(scripted.onlyRevoke().getSequence()).isEqualTo(start.getSequence());
        assertThat(scripted.onlyRevoke().getClient()).isEqualTo(start.getClient());
    }

    @Test
    void shouldStartAgainUnderAnotherNumberWhenTheFirstStartHasEnded() {
        master.next(Method.PUT_START, ScriptedMaster.fails(ErrorCode.REQUEST_REVOKED));
        byte[] value = Values.of("k", 10);

        assertThat(client.put("k", value).status()).isEqualTo(PutResult.Status.STORED);

        scripted.assertStored("k", value, 1);
        List<PutStartRequest> starts = master.received(Method.PUT_START);
        assertThat(starts).extracting(PutStartRequest::getSequence).hasSize(2).doesNotHaveDuplicates();
        assertThat(master.received(Method.PUT_REVOKE)).isEmpty();
    }

    @Test
    void shouldWaitWhenSomebodyElsePutsTheKey() {
        master.next(
                Method.PUT_START,
                ScriptedMaster.status(ErrorCode.PUT_IN_PROGRESS),
                ScriptedMaster.status(ErrorCode.PUT_IN_PROGRESS));
        byte[] value = Values.of("k", 10);

        client.put("k", value);

        scripted.assertStored("k", value, 1);
        List<PutStartRequest> starts = master.received(Method.PUT_START);
        assertThat(starts)
                .extracting(PutStartRequest::getSequence)
                .doesNotHaveDuplicates()
                .hasSize(3);
    }

    @Test
    void shouldFailRetryablyWhenTheOtherPutStaysOpen() {
        scripted.connect(client);
        for (int i = 0; i < 1000; i++) {
            master.next(Method.PUT_START, ScriptedMaster.status(ErrorCode.PUT_IN_PROGRESS));
        }

        PutResult result = client.withTimeout(Duration.ofMillis(300))
                .putBatch(List.of(KvEntry.of("k", Values.of("k", 10))))
                .get(0);

        assertThat(result.error()).isEqualTo(ErrorCode.PUT_IN_PROGRESS);
        assertThat(result.retryable()).isTrue();
    }

    @Test
    void shouldWaitForRoomAndThenFailWhenTheStoreIsFull() {
        scripted.connect(client);
        for (int i = 0; i < 1000; i++) {
            master.next(Method.PUT_START, ScriptedMaster.status(ErrorCode.NO_AVAILABLE_HANDLE));
        }

        long before = System.nanoTime();
        PutResult result = client.withTimeout(Duration.ofSeconds(1))
                .putBatch(List.of(KvEntry.of("k", Values.of("k", 10))))
                .get(0);

        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isBetween(Duration.ofMillis(990), Duration.ofSeconds(15));
        assertThat(result.error()).isEqualTo(ErrorCode.NO_AVAILABLE_HANDLE);
        assertThat(result.retryable()).isTrue();
        assertThat(master.received(Method.PUT_START).size()).isBetween(4, 40);
    }

    @Test
    void shouldTellThatTheStoreIsFullWhenTheLastTryIsCutShortByTheDeadline() {
        master.next(Method.PUT_START, ScriptedMaster.status(ErrorCode.NO_AVAILABLE_HANDLE));
        for (int i = 0; i < 100; i++) {
            master.next(Method.PUT_START, ScriptedMaster.LOST_REQUEST);
        }

        PutResult result = client.withTimeout(Duration.ofSeconds(2))
                .putBatch(List.of(KvEntry.of("k", Values.of("k", 10))))
                .get(0);

        assertThat(result.error()).isEqualTo(ErrorCode.NO_AVAILABLE_HANDLE);
    }

    @Test
    void shouldEndItsOwnGrantsBeforeItWaitsForOtherKeys() {
        // Of [a, b] only b is granted at first.
        master.next(Method.PUT_START, (m, call) -> {
            PutStartRequest request = call.parse(PutStartRequest.parser());
            m.store("other", new byte[1], 0, 1);
            io.mooncake4j.transfer.wire.proto.PutStartResponse honest =
                    (io.mooncake4j.transfer.wire.proto.PutStartResponse) m.honest(call);
            m.grants.remove(honest.getGrantIds(0));
            assertThat(request.getSizesCount()).isEqualTo(2);
            call.reply(honest.toBuilder()
                    .setStatus(0, ErrorCode.PUT_IN_PROGRESS.number())
                    .setGrantIds(0, 0)
                    .build());
        });
        byte[] a = Values.of("a", 100);
        byte[] b = Values.of("b", 200);

        List<PutResult> results = client.putBatch(List.of(KvEntry.of("a", a), KvEntry.of("b", b)));

        assertThat(results).allMatch(PutResult::succeeded);
        scripted.assertStored("a", a, 1);
        scripted.assertStored("b", b, 1);
        assertThat(master.methods())
                .containsExactly(Method.PUT_START, Method.PUT_END, Method.PUT_START, Method.PUT_END);
    }

    @Test
    void shouldRenewTheGrantAndUseFreshTokensWhenAWriteTakesLong() {
        master.grantMs = 1500;
        master.nodes.next(first, (nodes, transfer, deadline) -> {
            await().until(() -> master.received(Method.RENEW_GRANT).size() >= 2);
            nodes.copy(transfer);
        });
        byte[] value = Values.of("k", (int) Wave.MAX_BYTES + 12345);

        client.put("k", value);

        scripted.assertStored("k", value, 1);
        List<AccessToken> tokens = master.nodes.tokens().stream().distinct().toList();
        assertThat(tokens).hasSize(2);
        assertThat(tokens.get(1).deadlineTicks()).isGreaterThan(tokens.get(0).deadlineTicks());
        assertThat(tokens.get(1).lengths()).containsExactly(value.length);
    }

    @Test
    void shouldKeepTheFlagAndRevokeWhenItIsInterruptedBetweenTries() throws InterruptedException {
        for (int i = 0; i < 10_000; i++) {
            master.next(Method.PUT_START, ScriptedMaster.status(ErrorCode.NO_AVAILABLE_HANDLE));
        }
        AtomicReference<PutResult> result = new AtomicReference<>();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Thread putting = new Thread(() -> {
            result.set(client.putBatch(List.of(KvEntry.of("k", Values.of("k", 10))))
                    .get(0));
            flag.set(Thread.currentThread().isInterrupted());
        });
        putting.start();
        await().until(() -> master.received(Method.PUT_START).size() > 3);
        putting.interrupt();
        putting.join();

        assertThat(result.get().error()).isIn(ErrorCode.INTERRUPTED, ErrorCode.RPC_FAIL);
        assertThat(flag.get()).isTrue();
    }

    @Test
    void shouldPutABatchOverManyWavesAndRequestsWhenItIsHuge() {
        KvEntry[] entries = new KvEntry[10];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = KvEntry.of("k" + i, Values.of("k" + i, 15 << 20));
        }

        List<PutResult> results = client.putBatch(List.of(entries));

        assertThat(results).allMatch(PutResult::succeeded);
        for (int i = 0; i < entries.length; i++) {
            scripted.assertStored("k" + i, Values.of("k" + i, 15 << 20), 1);
        }
    }
}
