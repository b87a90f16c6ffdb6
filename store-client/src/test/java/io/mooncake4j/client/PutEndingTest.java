package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.rpc.RpcCall;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.Outcome;
import io.mooncake4j.transfer.wire.proto.PutEndRequest;
import io.mooncake4j.transfer.wire.proto.PutRevokeRequest;
import io.mooncake4j.transfer.wire.proto.PutStartRequest;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How puts end: what is said of grants when nodes, master, time or the caller fail. */
class PutEndingTest {
    private static final PutOptions TWO = PutOptions.DEFAULT.withReplicaNum(2);

    @RegisterExtension
    final ScriptedStore scripted = new ScriptedStore(2, builder -> builder.operationTimeout(Duration.ofSeconds(20)));

    private final ScriptedMaster master = scripted.master;
    private final UUID first = master.segments.get(0);
    private final UUID second = master.segments.get(1);
    private MooncakeClient client = scripted.client();

    private PutEndRequest lastPutEnd() {
        List<PutEndRequest> all = master.received(Method.PUT_END);
        return all.get(all.size() - 1);
    }

    @Test
    void shouldSucceedWithoutWritingAgainWhenTheAnswerOfPutEndIsLostButItWasCommitted() {
        client = scripted.impatient(Duration.ofSeconds(1));
        master.next(Method.PUT_END, ScriptedMaster.LOST_ANSWER);
        byte[] value = Values.of("k", 10);

        assertThat(client.put("k", value)).isEqualTo(PutResult.stored(10, 1));

        scripted.assertStored("k", value, 1);
        assertThat(master.methods()).containsExactly(Method.PUT_START, Method.PUT_END, Method.GRANT_OUTCOME);
    }

    @Test
    void shouldSucceedWhenItWasCommittedAndRemovedSince() {
        client = scripted.impatient(Duration.ofSeconds(1));
        master.next(Method.PUT_END, ScriptedMaster.LOST_REQUEST);
        master.next(Method.GRANT_OUTCOME, ScriptedMaster.outcome(Outcome.OUTCOME_REMOVED));

        assertThat(client.put("k", Values.of("k", 10)).succeeded()).isTrue();

        assertThat(master.methods()).containsExactly(Method.PUT_START, Method.PUT_END, Method.GRANT_OUTCOME);
    }

    @Test
    void shouldSendPutEndAgainWhenTheFirstNeverArrived() {
        client = scripted.impatient(Duration.ofSeconds(1));
        master.next(Method.PUT_END, ScriptedMaster.LOST_REQUEST);
        byte[] value = Values.of("k", 10);

        client.put("k", value);

        scripted.assertStored("k", value, 1);
        assertThat(master.methods())
                .containsExactly(Method.PUT_START, Method.PUT_END, Method.GRANT_OUTCOME, Method.PUT_END);
    }

    @Test
    void shouldStartAgainWhenThePutWasNeverCommitted() {
        client = scripted.impatient(Duration.ofSeconds(1));
        master.next(Method.PUT_END, (m, call) -> m.grants.clear()); // as by a master that forgot
        byte[] value = Values.of("k", 10);

        client.put("k", value);

        scripted.assertStored("k", value, 1);
        assertThat(master.methods())
                .containsExactly(
                        Method.PUT_START,
                        Method.PUT_END,
                        Method.GRANT_OUTCOME,
                        Method.PUT_REVOKE,
                        Method.PUT_START,
                        Method.PUT_END);
        assertThat(scripted.onlyRevoke().getUnansweredList()).containsExactly(0L);
    }

    @Test
    void shouldStartAgainWhenTheMasterKnowsNoSuchGrant() {
        master.next(Method.PUT_END, (m, call) -> {
            m.grants.clear();
            call.reply(m.honest(call));
        });
        byte[] value = Values.of("k", 10);

        client.put("k", value);

        scripted.assertStored("k", value, 1);
        assertThat(master.methods())
                .containsExactly(Method.PUT_START, Method.PUT_END, Method.PUT_REVOKE, Method.PUT_START, Method.PUT_END);
    }

    @Test
    void shouldSayThatTheOutcomeIsUnknownAndRevokeNothingWhenItCannotBeLearnt() {
        client = scripted.impatient(Duration.ofMillis(300));
        for (int i = 0; i < 100; i++) {
            master.next(Method.PUT_END, ScriptedMaster.LOST_REQUEST);
            master.next(Method.GRANT_OUTCOME, ScriptedMaster.LOST_REQUEST);
        }

        PutResult result = client.withTimeout(Duration.ofSeconds(2))
                .putBatch(List.of(KvEntry.of("k", Values.of("k", 10))))
                .get(0);
        client.close();

        assertThat(result.error()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
        assertThat(master.received(Method.PUT_REVOKE)).isEmpty();
    }

    @Test
    void shouldAskTheOutcomeWhenThatAnswerIsLostToo() {
        client = scripted.impatient(Duration.ofSeconds(1));
        master.next(Method.PUT_END, ScriptedMaster.LOST_ANSWER);
        master.next(Method.GRANT_OUTCOME, ScriptedMaster.LOST_REQUEST, ScriptedMaster.fails(ErrorCode.NOT_LEADER));

        assertThat(client.put("k", Values.of("k", 10)).succeeded()).isTrue();

        assertThat(master.received(Method.GRANT_OUTCOME)).hasSizeGreaterThanOrEqualTo(3);
        assertThat(master.received(Method.PUT_START)).hasSize(1);
    }

    @Test
    void shouldEndALapsedGrantAndStartAgain() {
        master.next(Method.PUT_END, ScriptedMaster.status(ErrorCode.GRANT_LAPSED));
        byte[] value = Values.of("k", 10);

        client.put("k", value);

        scripted.assertStored("k", value, 1);
        assertThat(master.methods())
                .containsExactly(Method.PUT_START, Method.PUT_END, Method.PUT_REVOKE, Method.PUT_START, Method.PUT_END);
        assertThat(scripted.onlyRevoke().getUnansweredList()).containsExactly(0L);
    }

    @Test
    void shouldEndWithThePlacedReplicasWhenOneIsUnanswered() {
        master.nodes.next(first, FakeNodes.UNANSWERED);
        byte[] value = Values.of("k", 5000);

        PutResult result = client.put(KvEntry.of("k", value), TWO);

        assertThat(result.replicas()).isEqualTo(1);
        assertThat(lastPutEnd().getPlacedList()).containsExactly(0b10L);
        assertThat(lastPutEnd().getUnansweredList()).containsExactly(0b01L);
        scripted.assertStored("k", value, 1);
        assertThat(master.object("k").replicas().get(0).get(0).segment()).isEqualTo(second);
    }

    @Test
    void shouldRevokeHonestlyAndStartAgainWhenTheOnlyReplicaIsUnanswered() {
        master.nodes.next(first, FakeNodes.UNANSWERED);
        byte[] value = Values.of("k", 5000);

        client.put("k", value);

        scripted.assertStored("k", value, 1);
        assertThat(master.methods())
                .containsExactly(Method.PUT_START, Method.PUT_REVOKE, Method.PUT_START, Method.PUT_END);
        assertThat(scripted.onlyRevoke().getUnansweredList()).containsExactly(1L);
        PutStartRequest start =
                (PutStartRequest) master.received(Method.PUT_START).get(0);
        assertThat(scripted.onlyRevoke().getKeys()).isEqualTo(start.getKeys());
    }

    @Test
    void shouldMarkAReplicaUnansweredWhenOneOfItsManyExtentsIs() {
        master.extentBytes = 1000;
        master.nodes.next(first, (nodes, transfer, deadline) -> {
            nodes.copy(transfer);
            FakeNodes.UNANSWERED.run(
                    nodes, new SegmentTransfer(transfer.target(), transfer.ops().subList(2, 3)), deadline);
        });
        byte[] value = Values.of("k", 5000);

        client.put("k", value);

        assertThat(scripted.onlyRevoke().getUnansweredList()).containsExactly(1L);
        scripted.assertStored("k", value, 1);
    }

    @Test
    void shouldStartAgainWithNothingUnansweredWhenTheSessionWasCut() {
        master.nodes.next(first, FakeNodes.SESSION_CUT);
        byte[] value = Values.of("k", 5000);

        client.put("k", value);

        scripted.assertStored("k", value, 1);
        assertThat(scripted.onlyRevoke().getUnansweredList()).containsExactly(0L);
        assertThat(master.received(Method.PUT_START)).hasSize(2);
    }

    @Test
    void shouldRevokeWhenTheDeadlineComesWhileItWrites() {
        scripted.connect(client);
        for (int i = 0; i < 1000; i++) {
            master.nodes.next(first, FakeNodes.TOKEN_REFUSED);
        }

        PutResult result = client.withTimeout(Duration.ofMillis(500))
                .putBatch(List.of(KvEntry.of("k", Values.of("k", 10))))
                .get(0);

        assertThat(result.error()).isEqualTo(ErrorCode.TOKEN_REFUSED);
        await().until(() -> master.openGrants() == 0);
        assertThat(master.object("k")).isNull();
    }

    @Test
    void shouldRevokeInTheBackgroundUntilTheMasterAnswers() {
        master.next(
                Method.PUT_REVOKE,
                ScriptedMaster.fails(ErrorCode.OVERLOADED),
                ScriptedMaster.fails(ErrorCode.NOT_LEADER),
                ScriptedMaster.LOST_REQUEST);
        master.nodes.next(first, (nodes, transfer, deadline) -> {
            throw new IllegalStateException("a defect");
        });

        assertThatThrownBy(() -> client.put("k", Values.of("k", 10))).isInstanceOf(IllegalStateException.class);

        await().until(() -> master.openGrants() == 0);
        List<PutRevokeRequest> revokes = master.received(Method.PUT_REVOKE);
        assertThat(revokes).hasSizeGreaterThanOrEqualTo(4).allMatch(revokes.get(0)::equals);
    }

    @Test
    void shouldAssumeTheWorstWhenTheEngineItselfFails() {
        master.nodes.next(first, (nodes, transfer, deadline) -> {
            throw new IllegalStateException("a defect");
        });

        assertThatThrownBy(() -> client.put("k", Values.of("k", 10))).isInstanceOf(IllegalStateException.class);

        await().until(() -> !master.received(Method.PUT_REVOKE).isEmpty());
        assertThat(scripted.onlyRevoke().getUnansweredList()).containsExactly(1L);
    }

    @Test
    void shouldEndTheGrantAndStartAgainWhenItsRenewalSaysThatItLapsed() {
        master.grantMs = 1500;
        master.next(Method.RENEW_GRANT, ScriptedMaster.status(ErrorCode.GRANT_LAPSED));
        master.nodes.next(first, (nodes, transfer, deadline) -> {
            await().until(() -> !master.received(Method.RENEW_GRANT).isEmpty());
            nodes.copy(transfer);
        });
        byte[] value = Values.of("k", (int) Wave.MAX_BYTES + 12345);

        client.put("k", value);

        scripted.assertStored("k", value, 1);
        assertThat(master.methods())
                .containsSubsequence(Method.PUT_START, Method.PUT_REVOKE, Method.PUT_START, Method.PUT_END);
        assertThat(scripted.onlyRevoke().getUnansweredList()).containsExactly(0L);
    }

    @Test
    void shouldNotKnowTheOutcomeWhenItIsInterruptedAfterPutEndWasSent() throws InterruptedException {
        AtomicReference<PutResult> result = new AtomicReference<>();
        Thread putting = new Thread(() -> result.set(
                client.putBatch(List.of(KvEntry.of("k", Values.of("k", 10)))).get(0)));
        master.next(Method.PUT_END, (ScriptedMaster m, RpcCall call) -> putting.interrupt());
        putting.start();
        putting.join();

        assertThat(result.get().error()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
        assertThat(master.received(Method.PUT_REVOKE)).isEmpty();
    }

    @Test
    void shouldNotStartAgainWhenMasterHasForgottenWhatBecameOfThePut() {
        master.next(Method.PUT_END, ScriptedMaster.LOST_ANSWER, ScriptedMaster.fails(ErrorCode.RPC_FAIL));
        master.next(Method.PUT_END, ScriptedMaster.status(ErrorCode.INVALID_WRITE));
        master.next(Method.GRANT_OUTCOME, ScriptedMaster.outcome(Outcome.OUTCOME_FORGOTTEN));

        PutResult result =
                client.putBatch(List.of(KvEntry.of("k", Values.of("k", 10)))).get(0);

        assertThat(result.error()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
        assertThat(master.methods())
                .endsWith(Method.PUT_END, Method.GRANT_OUTCOME)
                .doesNotContain(Method.PUT_REVOKE);
        assertThat(master.received(Method.PUT_START)).hasSize(1);
    }

    @Test
    void shouldSettleInTheBackgroundWhenTheMasterSaysThatTheDoubtfulGrantIsNoLongerOpen() throws InterruptedException {
        master.nodes.next(first, FakeNodes.UNANSWERED);
        Thread putting = new Thread(() -> client.putBatch(List.of(KvEntry.of("k", Values.of("k", 10))), TWO));
        master.next(Method.PUT_END, (ScriptedMaster m, RpcCall call) -> putting.interrupt());
        master.next(
                Method.GRANT_OUTCOME,
                ScriptedMaster.outcome(Outcome.OUTCOME_OPEN),
                ScriptedMaster.fails(ErrorCode.OVERLOADED),
                ScriptedMaster.outcome(Outcome.OUTCOME_NEVER));
        putting.start();
        putting.join();

        await().until(() -> !master.received(Method.PUT_REVOKE).isEmpty());
        assertThat(master.methods())
                .containsExactly(
                        Method.PUT_START,
                        Method.PUT_END,
                        Method.GRANT_OUTCOME,
                        Method.GRANT_OUTCOME,
                        Method.GRANT_OUTCOME,
                        Method.PUT_REVOKE);
        assertThat(scripted.onlyRevoke().getUnansweredList()).containsExactly(0b01L);
        assertThat(scripted.onlyRevoke().getGrantIdsList())
                .isEqualTo(lastPutEnd().getGrantIdsList());
    }
}
