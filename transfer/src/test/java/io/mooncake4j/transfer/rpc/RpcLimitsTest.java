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
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.MessageLite;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.RemoveAllRequest;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server refuses, and the bounds of both sides. */
@ParameterizedClass(name = "native transport: {0}")
@ValueSource(booleans = {true, false})
class RpcLimitsTest {
    private static final int REMOVE_ALL = Method.REMOVE_ALL.number();

    private final RpcFixture fixture;

    RpcLimitsTest(boolean nativeTransport) {
        fixture = new RpcFixture(nativeTransport);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private static void assertError(RawPeer.Received frame, long id, ErrorCode code, String text) {
        assertThat(frame.kind()).isEqualTo(3);
        assertThat(frame.id()).isEqualTo(id);
        assertThat(frame.code()).isEqualTo(code.number());
        assertThat(frame.text()).contains(text);
    }

    private static void assertGoesOn(RawPeer client) throws IOException {
        client.send(RawPeer.request(REMOVE_ALL, 99, text("and on").toByteArray()));
        RawPeer.Received answer = client.receive();
        assertThat(answer.kind()).isEqualTo(2);
        assertThat(answer.code()).isEqualTo(REMOVE_ALL);
        assertThat(answer.id()).isEqualTo(99);
        assertThat(answer.body()).isEqualTo(text("and on").toByteArray());
    }

    @Test
    void shouldRefuseAndGoOnWhenAMethodIsUnknown() throws Exception {
        try (RawPeer client = RawPeer.connect(fixture.server(RpcFixture::echo).port())) {
            client.send(RawPeer.request(1234, 7, new byte[0]));
            assertError(client.receive(), 7, ErrorCode.NOT_SUPPORTED, "method 1234 is unknown here");
            assertGoesOn(client);
        }
    }

    @Test
    void shouldRefuseAndGoOnWhenABodyIsMalformed() throws Exception {
        try (RawPeer client = RawPeer.connect(fixture.server(RpcFixture::echo).port())) {
            client.send(RawPeer.request(REMOVE_ALL, 7, new byte[] {(byte) 0xff}));
            assertError(client.receive(), 7, ErrorCode.INVALID_PARAMS, "the body of REMOVE_ALL is malformed");
            assertGoesOn(client);
        }
    }

    @Test
    void shouldRefuseAndGoOnWhenAFrameIsOverTheLimit() throws Exception {
        RpcServer server = fixture.server(fixture.serverOptions().maxFrameBytes(1000), RpcFixture::echo);
        try (RawPeer client = RawPeer.connect(server.port())) {
            client.send(RawPeer.request(REMOVE_ALL, 7, new byte[500_000]));
            assertError(
                    client.receive(), 7, ErrorCode.FRAME_TOO_LARGE, "a frame of 500032 bytes; the limit here is 1000");
            assertGoesOn(client);
        }
    }

    @Test
    void shouldRefuseWithoutHandlingWhenTheDeadlineIsOver() throws Exception {
        try (RawPeer client = RawPeer.connect(fixture.server(RpcFixture::echo).port())) {
            client.send(RawPeer.frame(RawPeer.MAGIC, 1, 1, REMOVE_ALL, 7, 0, new byte[0]));
            assertError(client.receive(), 7, ErrorCode.RPC_TIMEOUT, "the deadline of REMOVE_ALL was over");
            assertGoesOn(client);
        }
    }

    @Test
    void shouldRefuseWithoutHandlingWhenTheDeadlinePassesInTheQueue() throws Exception {
        BlockingQueue<RpcCall> handled = new LinkedBlockingQueue<>();
        RpcServer server = fixture.server(fixture.serverOptions().maxInFlightPerConnection(1), handled::add);
        try (RawPeer client = RawPeer.connect(server.port())) {
            // one segment, so both arrive before the first is answered
            client.send(
                    RawPeer.request(REMOVE_ALL, 1, new byte[0]),
                    RawPeer.frame(RawPeer.MAGIC, 1, 1, REMOVE_ALL, 2, 20_000, new byte[0]));
            RpcCall first = handled.take();
            Deadline over = Deadline.after(Duration.ofMillis(50));
            await().until(over::expired);
            RpcFixture.echo(first);
            assertThat(client.receive().id()).isEqualTo(1);
            assertError(client.receive(), 2, ErrorCode.RPC_TIMEOUT, "the deadline of REMOVE_ALL was over");
            assertThat(handled).isEmpty();
        }
    }

    @Test
    void shouldSayWhyAndCloseWhenTheProtocolIsNewerOrBroken() throws Exception {
        RpcServer server = fixture.server(RpcFixture::echo);
        assertRefusedAndClosed(server, 2, 1, ErrorCode.PROTOCOL_MISMATCH, "the peer speaks protocol version 2");
        assertRefusedAndClosed(server, 1, 9, ErrorCode.NOT_SUPPORTED, "frames of kind 9 are unknown");
        assertRefusedAndClosed(server, 1, 2, ErrorCode.INVALID_PARAMS, "a client sends requests and pings");
    }

    private static void assertRefusedAndClosed(RpcServer server, int major, int kind, ErrorCode code, String text)
            throws IOException {
        try (RawPeer client = RawPeer.connect(server.port())) {
            byte[] bad = RawPeer.frame(RawPeer.MAGIC, major, kind, REMOVE_ALL, 7, 1000, new byte[0]);
            client.send(bad, RawPeer.request(REMOVE_ALL, 8, new byte[100_000]));
            assertError(client.receive(), 7, code, text);
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    @Test
    void shouldCloseWhenItIsAnotherProtocol() throws Exception {
        try (RawPeer client = RawPeer.connect(fixture.server(RpcFixture::echo).port())) {
            client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    @Test
    void shouldReadNoFurtherWhenTooManyRequestsAreOpen() throws Exception {
        BlockingQueue<RpcCall> handled = new LinkedBlockingQueue<>();
        RpcServer server = fixture.server(
                fixture.serverOptions()
                        .maxInFlightPerConnection(8)
                        .heartbeat(Duration.ofMillis(100))
                        .idleTimeout(Duration.ofSeconds(1)),
                handled::add);
        RpcClient client = fixture.client(fixture.clientOptions(server.port()).heartbeat(Duration.ofMillis(100)));
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            calls.add(callAsync(client, "call " + i));
        }
        await().until(() -> handled.size() == 8);
        // longer than the idle timeout: a peer that is not read is not taken for dead
        await().during(Duration.ofMillis(1300)).until(() -> handled.size() == 8);
        for (int i = 0; i < 100; i++) {
            RpcFixture.echo(handled.take());
        }
        for (int i = 0; i < 100; i++) {
            assertThat(get(calls.get(i))).isEqualTo("call " + i);
        }
    }

    @Test
    void shouldReadNoFurtherWhenAnswersAreNotTaken() throws Exception {
        AtomicInteger handled = new AtomicInteger();
        byte[] large = new byte[256 << 10];
        RemoveAllRequest answer = text(new String(large, StandardCharsets.US_ASCII));
        RpcServer server = fixture.server(call -> {
            handled.incrementAndGet();
            call.reply(answer);
        });
        try (RawPeer client = RawPeer.connectNarrowly(server.port())) {
            int requests = 500;
            for (int i = 0; i < requests; i++) {
                client.send(RawPeer.request(REMOVE_ALL, i, new byte[0]));
            }
            // what the sockets of both sides hold, and little more
            await().during(Duration.ofMillis(300)).until(() -> handled.get() < 100);
            for (int i = 0; i < requests; i++) {
                RawPeer.Received received = client.receive();
                assertThat(received.id()).isEqualTo(i);
                assertThat(received.body()).hasSize(answer.getSerializedSize());
            }
        }
    }

    @Test
    void shouldCloseWhenAnswersAreNotTakenForLong() throws Exception {
        RpcServer server = fixture.server(
                fixture.serverOptions().heartbeat(Duration.ofMillis(50)).idleTimeout(Duration.ofSeconds(1)),
                call -> call.reply(text("x".repeat(1 << 20))));
        try (RawPeer client = RawPeer.connectNarrowly(server.port())) {
            for (int i = 0; i < 100; i++) {
                client.send(RawPeer.request(REMOVE_ALL, i, new byte[0]));
            }
            RpcClient other =
                    fixture.client(fixture.clientOptions(server.port()).heartbeat(Duration.ofMillis(50)));
            await().atMost(PATIENCE).until(() -> {
                call(other, "");
                return closed(client);
            });
        }
    }

    private static boolean closed(RawPeer client) {
        try {
            client.send(RawPeer.ping());
            return false;
        } catch (java.io.UncheckedIOException e) {
            return true;
        }
    }

    @Test
    void shouldBoundTheCallsOfAClientWhenTheServerDoesNotAnswer() throws Exception {
        BlockingQueue<RpcCall> held = new LinkedBlockingQueue<>();
        RpcServer server = fixture.server(held::add);
        RpcClient client = fixture.client(fixture.clientOptions(server.port()).maxInFlight(2));
        CompletableFuture<String> first = callAsync(client, "first");
        callAsync(client, "second");
        RpcException atOnce = localFailureOf(callAsync(client, "third"));
        assertThat(atOnce.code()).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(atOnce.maybeDelivered()).isFalse();
        RpcException later = catchThrowableOfType(
                RpcException.class, () -> call(client, "third", Deadline.after(Duration.ofMillis(100))));
        assertThat(later.code()).isEqualTo(ErrorCode.OVERLOADED);

        CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> call(client, "fourth"));
        RpcFixture.echo(held.take());
        assertThat(get(first)).isEqualTo("first");
        RpcCall second = held.take();
        RpcCall fourth = held.take();
        assertThat(textOf(fourth)).isEqualTo("fourth");
        RpcFixture.echo(fourth);
        RpcFixture.echo(second);
        assertThat(get(waiting)).isEqualTo("fourth");
    }

    /** A message whose encoding fails halfway. */
    private static MessageLite unencodable() {
        return (MessageLite) Proxy.newProxyInstance(
                MessageLite.class.getClassLoader(), new Class<?>[] {MessageLite.class}, (proxy, called, arguments) -> {
                    if (called.getName().equals("getSerializedSize")) {
                        return 10;
                    }
                    throw new InternalError("for this test");
                });
    }

    @Test
    void shouldGiveBackItsPlaceWhenARequestCannotBeEncoded() {
        RpcClient client = fixture.client(
                fixture.clientOptions(fixture.server(RpcFixture::echo).port()).maxInFlight(1));
        RpcException failure = localFailureOf(
                client.callAsync(Method.REMOVE_ALL, unencodable(), RemoveAllRequest.parser(), Deadline.after(PATIENCE))
                        .thenApply(RemoveAllRequest::getTenant));
        assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
        assertThat(failure.maybeDelivered()).isFalse();
        assertThat(failure).hasMessageContaining("REMOVE_ALL could not be encoded");
        assertThat(call(client, "next")).isEqualTo("next");
    }

    @Test
    void shouldAnswerWithAnErrorAndGoOnWhenAnAnswerCannotBeEncoded() {
        RpcServer server = fixture.server(fixture.serverOptions().maxInFlightPerConnection(1), call -> {
            if (textOf(call).equals("bad")) {
                call.reply(unencodable());
            } else {
                RpcFixture.echo(call);
            }
        });
        RpcClient client = fixture.client(server);
        StoreException failure = failureOf(callAsync(client, "bad"));
        assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
        assertThat(failure).hasMessageContaining("the server could not encode its answer");
        assertThat(call(client, "next")).isEqualTo("next");
    }

    @Test
    void shouldCountLargeRequestsForMoreThanOneWhenBoundingTheCallsOfAClient() {
        RpcServer server = fixture.server(call -> {});
        RpcClient client = fixture.client(fixture.clientOptions(server.port()).maxInFlight(4));
        String large = "x".repeat(150_000);
        callAsync(client, large);
        assertThat(localFailureOf(callAsync(client, large)).code()).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(callAsync(client, "small")).isNotDone();
    }
}
