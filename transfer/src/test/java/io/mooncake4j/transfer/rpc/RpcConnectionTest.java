package io.mooncake4j.transfer.rpc;

import static io.mooncake4j.transfer.rpc.RpcFixture.PATIENCE;
import static io.mooncake4j.transfer.rpc.RpcFixture.call;
import static io.mooncake4j.transfer.rpc.RpcFixture.callAsync;
import static io.mooncake4j.transfer.rpc.RpcFixture.failureOf;
import static io.mooncake4j.transfer.rpc.RpcFixture.get;
import static io.mooncake4j.transfer.rpc.RpcFixture.localFailureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.engine.ReservedPort;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass(name = "native transport: {0}")
@ValueSource(booleans = {true, false})
class RpcConnectionTest {
    private final RpcFixture fixture;

    RpcConnectionTest(boolean nativeTransport) {
        fixture = new RpcFixture(nativeTransport);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private ServerSocket listener() throws IOException {
        return fixture.closing(new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")));
    }

    /** Where nobody listens. */
    private int unusedPort() {
        return fixture.closing(new ReservedPort()).number();
    }

    @Test
    void shouldWaitForTheServerWhenItStartsAgainOnItsPort() {
        RpcServer first = fixture.server(RpcFixture::echo);
        RpcClient client = fixture.client(first);
        assertThat(call(client, "before")).isEqualTo("before");
        first.close();
        await().until(() -> isRefused(client)); // a call on the connection that is closing is cut off, not kept
        CompletableFuture<String> meanwhile = callAsync(client, "meanwhile");
        fixture.server(fixture.serverOptions().port(first.port()), RpcFixture::echo);
        assertThat(get(meanwhile)).isEqualTo("meanwhile");
        assertThat(call(client, "after")).isEqualTo("after");
    }

    private static boolean isRefused(RpcClient client) {
        return localFailureOf(callAsync(client, "", Deadline.after(Duration.ofMillis(50))))
                .reason()
                .contains("Connection refused");
    }

    @Test
    void shouldSayThatItWasNotDeliveredAndWhyWhenNoServerIsThere() throws Exception {
        int port = unusedPort();
        RpcClient client = fixture.client(fixture.clientOptions(port));
        await().until(() -> isRefused(client)); // then it knows why
        RpcException failure = localFailureOf(callAsync(client, "", Deadline.after(Duration.ofMillis(300))));
        assertThat(failure.code()).isEqualTo(ErrorCode.RPC_TIMEOUT);
        assertThat(failure.maybeDelivered()).isFalse();
        assertThat(failure)
                .hasMessageContaining("found no connection to [127.0.0.1:" + port + "] within its deadline")
                .hasMessageContaining("Connection refused");
    }

    @Test
    void shouldSayThatItMayBeDeliveredWhenTheConnectionDropsWithoutAnAnswer() throws Exception {
        ServerSocket listener = listener();
        RpcClient client = fixture.client(fixture.clientOptions(listener.getLocalPort()));
        try (RawPeer server = new RawPeer(listener.accept())) {
            CompletableFuture<String> call = callAsync(client, "lost");
            server.receive();
            server.close();
            RpcException failure = localFailureOf(call);
            assertThat(failure.code()).isEqualTo(ErrorCode.RPC_FAIL);
            assertThat(failure.maybeDelivered()).isTrue();
            assertThat(failure).hasMessageContaining("REMOVE_ALL to 127.0.0.1:" + listener.getLocalPort());
        }
    }

    @Test
    void shouldTurnToTheNextAddressWhenOneDoesNotListen() throws Exception {
        RpcServer server = fixture.server(RpcFixture::echo);
        RpcClient client = fixture.client(fixture.clientOptions(unusedPort(), unusedPort(), server.port()));
        assertThat(call(client, "third")).isEqualTo("third");
    }

    @Test
    void shouldTurnToTheNextAddressWhenOneRefusesConnections() {
        RpcServer full = fixture.server(fixture.serverOptions().maxConnections(0), RpcFixture::echo);
        RpcServer server = fixture.server(RpcFixture::echo);
        RpcClient client = fixture.client(fixture.clientOptions(full.port(), server.port()));
        await().atMost(PATIENCE).until(() -> {
            CompletableFuture<String> call = callAsync(client, "second");
            return !call.handle((answer, e) -> e != null).get();
        });
    }

    @Test
    void shouldNameTheNumberWhenAnErrorIsUnknown() throws Exception {
        ServerSocket listener = listener();
        RpcClient client = fixture.client(fixture.clientOptions(listener.getLocalPort()));
        CompletableFuture<String> call = callAsync(client, "");
        try (RawPeer server = new RawPeer(listener.accept())) {
            long id = server.receive().id();
            server.send(RawPeer.frame(RawPeer.MAGIC, 1, 3, -9999, id, 0, new byte[] {'x'}));
            assertThat(failureOf(call)).hasMessage("INTERNAL_ERROR (-1): error -9999, unknown here: x");
        }
    }

    @Test
    void shouldFindTheServerWhenItsHostIsAName() {
        RpcServer server = fixture.server(RpcFixture::echo);
        RpcClient client =
                fixture.client(fixture.clientOptions().addresses(List.of(new HostPort("localhost", server.port()))));
        assertThat(call(client, "hello")).isEqualTo("hello");
    }

    @Test
    void shouldGiveUpThePeerWhenNothingComesFromIt() throws Exception {
        ServerSocket listener = listener();
        RpcClient client = fixture.client(fixture.clientOptions(listener.getLocalPort())
                .heartbeat(Duration.ofMillis(20))
                .deadPeerTimeout(Duration.ofMillis(100)));
        RpcException failure = localFailureOf(callAsync(client, ""));
        assertThat(failure.code()).isEqualTo(ErrorCode.RPC_FAIL);
        assertThat(failure).hasMessageContaining("nothing came for 100 ms");
    }

    @Test
    void shouldKeepTheConnectionWhenThereAreOnlyHeartbeats() throws Exception {
        ServerSocket listener = listener();
        RpcClient client = fixture.client(fixture.clientOptions(listener.getLocalPort())
                .heartbeat(Duration.ofMillis(50))
                .deadPeerTimeout(Duration.ofMillis(2000)));
        CompletableFuture<String> call = callAsync(client, "late");
        try (RawPeer server = new RawPeer(listener.accept())) {
            RawPeer.Received request = server.receive();
            for (int i = 0; i < 50; i++) {
                assertThat(server.receiveAny().kind()).isEqualTo(4);
                server.send(RawPeer.ping());
            }
            server.send(RawPeer.frame(RawPeer.MAGIC, 1, 2, request.code(), request.id(), 0, request.body()));
            assertThat(get(call)).isEqualTo("late");
        }
    }

    @Test
    void shouldCloseAtTheServerWhenAClientIsSilent() throws Exception {
        RpcServer server = fixture.server(
                fixture.serverOptions().heartbeat(Duration.ofMillis(20)).idleTimeout(Duration.ofMillis(100)),
                RpcFixture::echo);
        try (RawPeer client = RawPeer.connect(server.port())) {
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    @Test
    void shouldFailWithProtocolMismatchWhenTheServerIsOfANewerVersion() throws Exception {
        ServerSocket listener = listener();
        RpcClient client = fixture.client(fixture.clientOptions(listener.getLocalPort()));
        CompletableFuture<String> call = callAsync(client, "");
        try (RawPeer server = new RawPeer(listener.accept())) {
            RawPeer.Received request = server.receive();
            server.send(RawPeer.frame(RawPeer.MAGIC, 2, 2, request.code(), request.id(), 0, request.body()));
            assertThat(localFailureOf(call).code()).isEqualTo(ErrorCode.PROTOCOL_MISMATCH);
        }
    }

    @Test
    void shouldRefuseTheConnectionWhenTheServerHasItsMaximum() {
        RpcServer server = fixture.server(fixture.serverOptions().maxConnections(1), RpcFixture::echo);
        RpcClient first = fixture.client(server);
        assertThat(call(first, "first")).isEqualTo("first");
        RpcClient second = fixture.client(server);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                localFailureOf(callAsync(second, "", Deadline.after(Duration.ofMillis(50)))))
                        .hasMessageContaining("the server has its maximum of 1 connections"));
        first.close();
        assertThat(call(second, "second")).isEqualTo("second");
    }

    @Test
    void shouldLetAnswersOutWhenTheServerCloses() throws Exception {
        BlockingQueue<RpcCall> held = new LinkedBlockingQueue<>();
        RpcServer server = fixture.server(fixture.serverOptions().closeTimeout(PATIENCE), held::add);
        RpcClient client = fixture.client(server);
        CompletableFuture<String> open = callAsync(client, "open");
        RpcCall call = held.take();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
        await().atMost(PATIENCE)
                .until(() -> failureOf(callAsync(client, "new", Deadline.after(Duration.ofMillis(100))))
                        .reason()
                        .contains("the server is stopping"));
        assertThat(closing).isNotDone();
        RpcFixture.echo(call);
        held.forEach(RpcFixture::echo); // what came before the close began, which waits for it, too
        assertThat(get(open)).isEqualTo("open");
        closing.get(30, TimeUnit.SECONDS);
    }

    @Test
    void shouldNotWaitForeverWhenTheServerClosesAndAHandlerDoesNotAnswer() throws Exception {
        BlockingQueue<RpcCall> held = new LinkedBlockingQueue<>();
        RpcServer server = fixture.server(held::add);
        RpcClient client = fixture.client(server);
        CompletableFuture<String> open = callAsync(client, "open");
        RpcCall call = held.take();
        server.close();
        assertThat(localFailureOf(open).code()).isEqualTo(ErrorCode.RPC_FAIL);
        RpcFixture.echo(call);
    }

    @Test
    void shouldFailAllCallsWhenTheClientCloses() throws Exception {
        BlockingQueue<RpcCall> held = new LinkedBlockingQueue<>();
        RpcClient client = fixture.client(fixture.server(held::add));
        CompletableFuture<String> sent = callAsync(client, "sent");
        held.take();
        RpcClient unconnected = fixture.client(fixture.clientOptions(unusedPort()));
        CompletableFuture<String> waiting = callAsync(unconnected, "waiting");
        client.close();
        unconnected.close();
        assertClosed(sent, true);
        assertClosed(waiting, false);
        assertClosed(callAsync(client, "after"), false);
        assertThatThrownBy(() -> call(client, "after")).hasMessageContaining("CLOSED");
    }

    @Test
    @Timeout(20)
    void shouldCloseAtOnceWhenItIsStillConnecting() throws Exception {
        Duration connectTimeout = Duration.ofSeconds(60);
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                Socket first = new Socket("127.0.0.1", full.getLocalPort());
                Socket second = new Socket("127.0.0.1", full.getLocalPort())) {
            RpcClient client =
                    fixture.client(fixture.clientOptions(full.getLocalPort()).connectTimeout(connectTimeout));
            // the queue of the listener is full: this can only wait for its deadline, and meanwhile the client connects
            localFailureOf(callAsync(client, "", Deadline.after(Duration.ofMillis(100))));

            // it waits during 5 s for its threads to end
            assertThat(closeTime(client::close)).isLessThan(Duration.ofSeconds(4));
        }
    }

    @Test
    void shouldLeaveNoConnectionBehindWhenItClosesWhileItConnects() throws Exception {
        ServerSocket listener = listener();
        for (int i = 0; i < 200; i++) {
            RpcClient client = RpcClient.create(
                    fixture.clientOptions(listener.getLocalPort()).build());
            // about now the client learns that it is connected
            try (RawPeer server = new RawPeer(listener.accept())) {
                client.close();
                assertThat(server.closedByPeer()).isTrue();
            }
        }
    }

    private static Duration closeTime(Runnable close) {
        long startNanos = System.nanoTime();
        close.run();
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    private static void assertClosed(CompletableFuture<String> call, boolean maybeDelivered) {
        RpcException failure = localFailureOf(call);
        assertThat(failure.code()).isEqualTo(ErrorCode.CLOSED);
        assertThat(failure.maybeDelivered()).isEqualTo(maybeDelivered);
    }

    @Test
    void shouldNameTheAddressWhenItCannotBind() {
        RpcServer server = fixture.server(RpcFixture::echo);
        assertThatThrownBy(() -> fixture.server(fixture.serverOptions().port(server.port()), RpcFixture::echo))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMS))
                .hasMessageContaining("cannot listen on 127.0.0.1:" + server.port())
                .hasMessageContaining("Address already in use");
    }

    @Test
    void shouldRefuseToStartWhenNoAddressIsGiven() {
        assertThatThrownBy(() -> fixture.client(fixture.clientOptions())).hasMessageContaining("no address");
    }
}
