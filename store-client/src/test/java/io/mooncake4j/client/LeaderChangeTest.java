package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.rpc.RpcCall;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two masters, the second of which succeeds the first while a client is at it. */
class LeaderChangeTest {
    private static final byte[] VALUE = Values.of("k", 1000);

    private final ScriptedMaster former = new ScriptedMaster(1);
    private final ScriptedMaster next = new ScriptedMaster(1);
    private MooncakeClient client;

    @BeforeEach
    void start() {
        next.leads = false;
        client = MooncakeClient.builder()
                .masters(former.address() + "," + next.address())
                .transports(List.of(former.nodes))
                .operationTimeout(Duration.ofSeconds(20))
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
        former.close();
        next.close();
    }

    private PutResult put() {
        return client.putBatch(List.of(KvEntry.of("k", VALUE))).get(0);
    }

    private void assertReadable() {
        assertThat(client.get("k")).contains(VALUE);
    }

    @Test
    void shouldReadAndRemoveAtTheNextLeaderWhenTheFormerDied() {
        assertThat(put().succeeded()).isTrue();
        next.succeed(former);
        former.close();

        assertReadable();
        assertThat(client.exists("k")).isTrue();
        assertThat(client.remove("k")).isTrue();
        assertThat(client.get("k")).isEmpty();
    }

    @Test
    void shouldWaitForALeaderWhenThereIsNone() {
        assertThat(put().succeeded()).isTrue();
        former.leads = false;
        CompletableFuture<?> reading = client.getAsync("k");
        await().until(() -> former.received(Method.GET_REPLICAS).size() == 1);
        assertThat(reading).isNotDone();

        next.succeed(former);

        assertThat(reading).succeedsWithin(Duration.ofSeconds(20));
        assertReadable();
    }

    @Test
    void shouldStartAgainWhenTheLeaderChangesBetweenStartAndEnd() {
        former.nodes.next(former.segments.get(0), (nodes, transfer, deadline) -> {
            nodes.copy(transfer);
            next.succeed(former);
        });

        PutResult result = put();

        assertThat(result.status()).isEqualTo(PutResult.Status.STORED);
        assertThat(former.methods()).containsExactly(Method.PUT_START, Method.PUT_END);
        assertThat(next.methods()).containsExactly(Method.PUT_END, Method.PUT_REVOKE, Method.PUT_START, Method.PUT_END);
        assertReadable();
    }

    @Test
    void shouldStartAgainWhenNodesCutTheWriterOfTheFormerLeader() {
        former.nodes.next(former.segments.get(0), (nodes, transfer, deadline) -> {
            next.succeed(former);
            FakeNodes.UNANSWERED.run(nodes, transfer, deadline);
        });
        former.nodes.next(former.segments.get(0), FakeNodes.TOKEN_REFUSED);

        PutResult result = put();

        assertThat(result.status()).isEqualTo(PutResult.Status.STORED);
        assertThat(next.received(Method.PUT_START)).hasSize(2);
        assertReadable();
    }

    @Test
    void shouldNotStartAgainWhenTheFormerLeaderCommittedAndDied() {
        former.next(Method.PUT_END, (ScriptedMaster master, RpcCall call) -> {
            master.honest(call);
            next.succeed(former);
            CompletableFuture<Void> unused = CompletableFuture.runAsync(former::close);
        });

        PutResult result = put();

        assertThat(result.status()).isEqualTo(PutResult.Status.STORED);
        assertThat(next.methods()).containsExactly(Method.GRANT_OUTCOME);
        assertReadable();
    }

    @Test
    void shouldNotKnowTheOutcomeWhenTheFormerLeaderMayHaveCommittedAndTheNextCannotTell() {
        former.next(Method.PUT_END, (ScriptedMaster master, RpcCall call) -> {
            next.succeed(former);
            CompletableFuture<Void> unused = CompletableFuture.runAsync(former::close);
        });
        next.next(Method.GRANT_OUTCOME, ScriptedMaster.outcome(Outcome.OUTCOME_FORGOTTEN));

        PutResult result = put();

        assertThat(result.error()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
        assertThat(next.methods()).containsExactly(Method.GRANT_OUTCOME);
        assertThat(client.get("k")).isEmpty();
    }

    @Test
    void shouldAskTheNextLeaderAgainWhenANodeRefusesTheFormerOnesToken() {
        assertThat(put().succeeded()).isTrue();
        former.nodes.next(former.segments.get(0), (nodes, transfer, deadline) -> {
            next.succeed(former);
            FakeNodes.TOKEN_REFUSED.run(nodes, transfer, deadline);
        });

        assertReadable();
        assertThat(next.received(Method.GET_REPLICAS)).hasSize(1);
    }
}
