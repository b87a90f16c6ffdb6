package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whichever of its questions a master or node leaves unanswered, a call ends at its deadline. */
class CallDeadlineTest {
    private static final Duration TIMEOUT = Duration.ofMillis(500);
    /** Until a thread that shares its core with builds runs. */
    private static final Duration SLACK = Duration.ofSeconds(15);
    /** Which no call may wait for. */
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(50);

    /** Of a grant or lease. */
    private static final int SHORT_MS = 150;

    private static final int MORE_THAN_A_WAVE = (int) Wave.MAX_BYTES + 1;
    private static final byte[] LARGE = Values.of("k", MORE_THAN_A_WAVE);

    /** One operation of the SDK, by name. */
    private record Call(String name, Consumer<MooncakeClient> run) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final Call PUT = new Call("put", client -> client.put("k", Values.of("k", 10)));
    private static final Call LARGE_PUT = new Call("put of several waves", client -> client.put("k", LARGE));
    private static final Call GET = new Call("get", client -> client.get("there"));

    @RegisterExtension
    final ScriptedStore scripted = new ScriptedStore(
            1,
            builder -> builder.operationTimeout(TIMEOUT)
                    .requestTimeout(REQUEST_TIMEOUT)
                    .closeTimeout(Duration.ofMillis(1)));

    private final ScriptedMaster master = scripted.master;
    private final UUID segment = master.segments.get(0);
    private final MooncakeClient client = scripted.client();

    @BeforeEach
    void connect() {
        scripted.connect(client);
    }

    static Stream<Arguments> questions() {
        return Stream.of(
                arguments(PUT, Method.PUT_START),
                arguments(PUT, Method.PUT_END),
                arguments(PUT, Method.GRANT_OUTCOME),
                arguments(PUT, Method.PUT_REVOKE),
                arguments(LARGE_PUT, Method.RENEW_GRANT),
                arguments(GET, Method.GET_REPLICAS),
                arguments(GET, Method.RENEW_LEASE),
                arguments(new Call("exists", client -> client.exists("there")), Method.EXISTS),
                arguments(new Call("remove", client -> client.remove("there")), Method.REMOVE),
                arguments(new Call("list", client -> client.listKeys("").forEach(key -> {})), Method.LIST_KEYS),
                arguments(new Call("status", MooncakeClient::clusterStatus), Method.LIST_SEGMENTS));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("questions")
    void shouldEndAtItsDeadlineWhenTheMasterNeverAnswers(Call call, Method question) {
        leadTo(question);
        master.silent.add(question);

        assertEndsInTime(call);

        assertThat(master.received(question)).isNotEmpty();
    }

    /** What it takes that a call asks that question. */
    private void leadTo(Method question) {
        switch (question) {
            case GRANT_OUTCOME -> master.next(Method.PUT_END, ScriptedMaster.fails(ErrorCode.RPC_FAIL));
            case PUT_REVOKE -> master.nodes.next(segment, FakeNodes.NEVER_SENT);
            case RENEW_GRANT -> {
                master.grantMs = SHORT_MS;
                eachTransferOutlasts(question);
            }
            case RENEW_LEASE -> {
                master.leaseMs = SHORT_MS;
                scripted.store("there", MORE_THAN_A_WAVE, 1);
                eachTransferOutlasts(question);
            }
            default -> scripted.store("there", 10, 1);
        }
    }

    /** Each lasts until it is asked for, and until what was promised has ended: none of them helps. */
    private void eachTransferOutlasts(Method question) {
        for (int i = 0; i < 100; i++) {
            master.nodes.next(segment, (nodes, transfer, deadline) -> {
                int before = master.received(question).size();
                Deadline promised = Deadline.after(Duration.ofMillis(SHORT_MS));
                while ((master.received(question).size() == before || !promised.expired()) && !deadline.expired()) {
                    LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
                }
                if (deadline.expired()) {
                    unanswered(transfer);
                } else {
                    nodes.copy(transfer);
                }
            });
        }
    }

    private static void unanswered(SegmentTransfer transfer) {
        transfer.ops().forEach(op -> op.failed(Outcome.UNANSWERED, ErrorCode.RPC_TIMEOUT, "scripted"));
    }

    static Stream<Call> transfers() {
        return Stream.of(PUT, GET);
    }

    @ParameterizedTest
    @MethodSource("transfers")
    void shouldEndAtItsDeadlineWhenTheNodeNeverAnswers(Call call) {
        scripted.store("there", 10, 1);
        for (int i = 0; i < 100; i++) {
            master.nodes.next(segment, (nodes, transfer, deadline) -> {
                pass(deadline);
                unanswered(transfer);
            });
        }

        assertEndsInTime(call);
    }

    private static void pass(Deadline deadline) {
        while (!deadline.expired()) {
            LockSupport.parkNanos(deadline.remainingNanos());
        }
    }

    @Test
    void shouldEndAtItsDeadlineWhenNobodyLeads() {
        master.leads = false;

        assertEndsInTime(PUT);
        assertEndsInTime(GET);
    }

    private void assertEndsInTime(Call call) {
        long begunNanos = System.nanoTime();
        assertThatThrownBy(() -> call.run().accept(client)).isInstanceOf(StoreException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begunNanos)).isBetween(TIMEOUT, TIMEOUT.plus(SLACK));
    }
}
