package io.mooncake4j.transfer.rpc;

import static io.mooncake4j.transfer.rpc.RpcFixture.PATIENCE;
import static io.mooncake4j.transfer.rpc.RpcFixture.call;
import static io.mooncake4j.transfer.rpc.RpcFixture.callAsync;
import static io.mooncake4j.transfer.rpc.RpcFixture.failureOf;
import static io.mooncake4j.transfer.rpc.RpcFixture.get;
import static io.mooncake4j.transfer.rpc.RpcFixture.localFailureOf;
import static io.mooncake4j.transfer.rpc.RpcFixture.text;
import static io.mooncake4j.transfer.rpc.RpcFixture.textOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.NotLeader;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.RoleResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaderSearchTest {
    private static final Duration NEVER = Duration.ofMinutes(10);

    private final RpcFixture fixture = new RpcFixture(true);

    /** A master that leads or doesn't, as a test says; it answers calls with its name and their text. */
    private final class TestMaster {
        final String name;
        final AtomicInteger asked = new AtomicInteger();
        final Queue<String> received = new ConcurrentLinkedQueue<>();
        final Queue<RpcCall> held = new ConcurrentLinkedQueue<>();
        final RpcServer server;
        volatile boolean claims;
        volatile boolean leads;
        volatile boolean holds;
        volatile HostPort leader;

        TestMaster(String name, boolean leads) {
            this.name = name;
            this.leads = leads;
            this.claims = leads;
            this.server = fixture.closing(
                    RpcServer.start(fixture.serverOptions().heartbeat(NEVER).build(), this::handle));
        }

        private void handle(RpcCall call) {
            if (call.method() == Method.ROLE) {
                asked.incrementAndGet();
                RoleResponse.Builder role = RoleResponse.newBuilder().setLeads(claims);
                call.reply(
                        role.setLeader(leader == null ? "" : leader.toString()).build());
                return;
            }
            received.add(textOf(call));
            if (holds) {
                held.add(call);
            } else {
                answer(call);
            }
        }

        void answer(RpcCall call) {
            if (leads) {
                call.reply(text(name + " " + textOf(call)));
            } else {
                StoreException refusal = NotLeader.refused(leader);
                call.fail(refusal.code(), refusal.reason());
            }
        }

        void lead(boolean value) {
            leads = value;
            claims = value;
        }

        HostPort address() {
            return new HostPort("127.0.0.1", server.port());
        }
    }

    private final TestMaster first = new TestMaster("first", false);
    private final TestMaster second = new TestMaster("second", true);

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private RpcClientOptions.Builder both() {
        return fixture.clientOptions(first.server.port(), second.server.port());
    }

    /** The kernel takes connections for it, and it never says anything. */
    private int hangingPort() throws IOException {
        return fixture.closing(new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")))
                .getLocalPort();
    }

    @Test
    void shouldSendCallsOnlyToLeaderWhenOthersFollow() {
        RpcClient client = fixture.client(both());

        assertThat(call(client, "one")).isEqualTo("second one");
        assertThat(call(client, "two")).isEqualTo("second two");
        assertThat(first.received).isEmpty();
    }

    @Test
    void shouldNotWaitForServerThatHangsWhenAnotherLeads() throws Exception {
        RpcClient client = fixture.client(fixture.clientOptions(hangingPort(), second.server.port(), hangingPort())
                .silenceTimeout(NEVER));

        assertThat(call(client, "one", Deadline.after(Duration.ofSeconds(20)))).isEqualTo("second one");
    }

    @Test
    void shouldKeepCallsUntilSomebodyLeadsWhenNobodyDoes() throws Exception {
        second.lead(false);
        RpcClient client = fixture.client(both());
        CompletableFuture<String> waiting = callAsync(client, "waiting");
        await().atMost(PATIENCE).until(() -> first.asked.get() > 3 && second.asked.get() > 3);

        first.lead(true);

        assertThat(get(waiting)).isEqualTo("first waiting");
        assertThat(second.received).isEmpty();
    }

    @Test
    void shouldSayThatNothingWasDeliveredWhenNobodyLeadsUntilTheDeadline() {
        second.lead(false);
        RpcClient client = fixture.client(both());
        await().until(() -> first.asked.get() > 1 && second.asked.get() > 1); // then it has an answer of each

        RpcException failure = localFailureOf(callAsync(client, "", Deadline.after(Duration.ofMillis(300))));

        assertThat(failure.code()).isEqualTo(ErrorCode.RPC_TIMEOUT);
        assertThat(failure.maybeDelivered()).isFalse();
        assertThat(failure).hasMessageContaining("does not lead");
    }

    @Test
    void shouldTurnToNewLeaderWhenOldOneSaysThatItDoesNotLead() {
        RpcClient client = fixture.client(both());
        assertThat(call(client, "one")).isEqualTo("second one");

        second.lead(false);
        first.lead(true);

        assertThat(failureOf(callAsync(client, "two")).code()).isEqualTo(ErrorCode.NOT_LEADER);
        assertThat(call(client, "three")).isEqualTo("first three");
        assertThat(first.received).containsExactly("three");
    }

    @Test
    void shouldLetOpenCallsEndWhenTheirServerLeadsNoMore() {
        second.holds = true;
        RpcClient client = fixture.client(both());
        CompletableFuture<String> open = callAsync(client, "open");
        await().atMost(PATIENCE).until(() -> !second.held.isEmpty());
        second.holds = false;
        second.lead(false);
        first.lead(true);
        assertThat(failureOf(callAsync(client, "two")).code()).isEqualTo(ErrorCode.NOT_LEADER);
        assertThat(call(client, "three")).isEqualTo("first three");

        second.held.remove().reply(text("late"));

        assertThat(get(open)).isEqualTo("late");
    }

    @Test
    void shouldFollowTheNameWhenLeaderIsNotAmongTheAddresses() {
        first.leader = second.address();
        RpcClient client = fixture.client(fixture.clientOptions(first.server.port()));

        assertThat(failureOf(callAsync(client, "one")).code()).isEqualTo(ErrorCode.NOT_LEADER);
        assertThat(call(client, "two")).isEqualTo("second two");
    }

    @Test
    void shouldFollowTheNameThatRoleTellsWhenLeaderIsNotAmongTheAddresses() throws Exception {
        first.leader = second.address();
        RpcClient client = fixture.client(fixture.clientOptions(first.server.port(), hangingPort()));

        assertThat(call(client, "one")).isEqualTo("second one");
    }

    @Test
    void shouldTurnToNewLeaderWhenOldOneFallsSilent() {
        RpcClient client = fixture.client(both().silenceTimeout(Duration.ofMillis(200)));
        assertThat(call(client, "one")).isEqualTo("second one");
        second.holds = true;
        second.claims = false;
        CompletableFuture<String> unanswered = callAsync(client, "two");
        await().atMost(PATIENCE).until(() -> first.asked.get() > 3);
        assertThat(unanswered).isNotDone();

        first.lead(true);

        RpcException failure = localFailureOf(unanswered);
        assertThat(failure.code()).isEqualTo(ErrorCode.RPC_FAIL);
        assertThat(failure.maybeDelivered()).isTrue();
        assertThat(call(client, "three")).isEqualTo("first three");
    }

    @Test
    void shouldWaitForTheAnswerWhenSilentServerStillLeads() {
        RpcClient client = fixture.client(both().silenceTimeout(Duration.ofMillis(100)));
        second.holds = true;
        CompletableFuture<String> slow = callAsync(client, "slow");
        await().atMost(PATIENCE).until(() -> !second.held.isEmpty());
        int asked = second.asked.get();
        await().atMost(PATIENCE).until(() -> second.asked.get() > asked + 1);

        second.answer(second.held.remove());

        assertThat(get(slow)).isEqualTo("second slow");
        assertThat(second.received).containsExactly("slow");
    }

    @Test
    void shouldNotStormWhenNobodyLeads() {
        second.lead(false);
        long startNanos = System.nanoTime();
        RpcClient client = fixture.client(both());
        CompletableFuture<String> waiting = callAsync(client, "waiting");

        await().atMost(PATIENCE).until(() -> first.asked.get() >= 8);

        // pauses of 20, 40, 80, 160 and three times 250 ms, each shortened by half at most
        assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isGreaterThan(Duration.ofMillis(525));
        assertThat(waiting).isNotDone();
    }

    @Test
    void shouldTakeServerWhenItDoesNotKnowTheQuestion() throws Exception {
        RpcServer old = fixture.closing(RpcServer.start(fixture.serverOptions().build(), call -> {
            if (call.method() == Method.ROLE) {
                call.fail(ErrorCode.NOT_SUPPORTED, "unknown");
            } else {
                RpcFixture.echo(call);
            }
        }));
        RpcClient client = fixture.client(fixture.clientOptions(hangingPort(), old.port()));

        assertThat(call(client, "one")).isEqualTo("one");
    }
}
