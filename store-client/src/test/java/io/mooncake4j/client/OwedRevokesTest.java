package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.rpc.RpcClientOptions;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.PutRevokeRequest;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OwedRevokesTest {
    private static final PutRevokeRequest REQUEST =
            PutRevokeRequest.newBuilder().setSequence(7).build();

    private final ScriptedMaster scripted = new ScriptedMaster(1);
    private final RunningCalls running = new RunningCalls();
    private final Master master = new Master(
            RpcClient.create(RpcClientOptions.builder()
                    .addresses(HostPort.parseList(scripted.address()))
                    .build()),
            Duration.ofSeconds(5).toNanos(),
            running);
    private final OwedRevokes owed = new OwedRevokes(master, running);

    /** So that none of a try's time goes into connecting. */
    @BeforeEach
    void connect() {
        CompletableFuture<StatusResponse> answer = master.callAsync(
                Method.PUT_REVOKE, REQUEST, StatusResponse.parser(), Deadline.after(Duration.ofSeconds(30)));
        assertThat(answer).succeedsWithin(Duration.ofSeconds(30));
        scripted.received.clear();
    }

    @AfterEach
    void close() {
        master.close();
        scripted.close();
    }

    private void awaitFirstTries() {
        running.close();
        assertThat(running.awaitNone(Duration.ofSeconds(20))).isTrue();
    }

    @Test
    void shouldTryAgainOnlyWhenItFailed() {
        scripted.next(Method.PUT_REVOKE, ScriptedMaster.fails(ErrorCode.OVERLOADED));

        owed.revoke(REQUEST);
        awaitFirstTries();
        assertThat(owed.waiting()).isEqualTo(1);
        await().until(() -> {
            owed.sweep();
            return scripted.received(Method.PUT_REVOKE).size() == 2;
        });
        owed.sweep();

        assertThat(owed.waiting()).isZero();
        assertThat(scripted.received(Method.PUT_REVOKE)).containsOnly(REQUEST);
    }

    @Test
    void shouldGiveUpWhenAnotherTryCannotHelp() {
        scripted.next(Method.PUT_REVOKE, ScriptedMaster.fails(ErrorCode.INVALID_PARAMS));

        owed.revoke(REQUEST);
        awaitFirstTries();

        assertThat(owed.waiting()).isZero();
    }

    @Test
    void shouldKeepNoMoreThanTheBoundWhenTheMasterIsAway() {
        scripted.close();

        for (int i = 0; i < OwedRevokes.MOST_WAITING + 100; i++) {
            owed.revoke(REQUEST);
        }
        awaitFirstTries();

        assertThat(owed.waiting()).isEqualTo(OwedRevokes.MOST_WAITING);
    }
}
