package io.mooncake4j.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.engine.BytePattern;
import io.mooncake4j.transfer.engine.TestNode;
import io.mooncake4j.transfer.engine.TestNode.TokenDraft;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The node's side against clients that are stopped, broken or hostile. */
class TcpDataServerTest {
    private static final int REGION_BYTES = 8 << 20;

    private final UUID client = UUID.randomUUID();
    private final TestNode node = new TestNode(1, REGION_BYTES, SafetyRules.ALL);
    private TcpDataServer server;

    @AfterEach
    void stop() {
        server.close();
        assertThat(server.connectionCount()).isZero();
    }

    @Test
    void shouldPlaceNothingAfterCutWhenWriterWasStoppedInMidPayload() throws Exception {
        start(Duration.ofSeconds(5), Duration.ofSeconds(60), 10);
        try (RawClient raw = RawClient.greeted(server.port(), client)) {
            int half = 2 << 20;
            byte[] payload = pattern(2 * half, 1);
            raw.send(RawClient.request(token(Mode.WRITE), 1, 2L * half));
            raw.send(Arrays.copyOf(payload, half));
            await().untilAsserted(() -> BytePattern.check(node.memory(0, half - 1000, 1000), 1, half - 1000));

            CompletableFuture<Void> cut = node.sessions().cut(client, 1).toCompletableFuture();
            assertThat(cut).succeedsWithin(Duration.ofSeconds(10));
            assertThat(node.sessions().openCount()).isZero();
            BytePattern.fill(node.memory(0, 0, REGION_BYTES), 2, 0); // the memory has a new owner
            assertThatThrownBy(() -> {
                        for (int at = half; at < 2 * half; at += 1000) {
                            raw.send(Arrays.copyOfRange(payload, at, at + 1000));
                        }
                        raw.answer();
                    })
                    .isInstanceOf(IOException.class);
            BytePattern.check(node.memory(0, 0, REGION_BYTES), 2, 0);
        }
    }

    @Test
    void shouldCutTheWriterAndServeTheReaderWhenLeaderIsSucceeded() throws Exception {
        start(Duration.ofSeconds(5), Duration.ofSeconds(60), 10);
        AccessToken formerWrite = token(Mode.WRITE);
        AccessToken next =
                node.nextDraft(Mode.READ, client).range(0, 0, REGION_BYTES).seal();
        try (RawClient writer = RawClient.greeted(server.port(), client);
                RawClient reader = RawClient.greeted(server.port(), client)) {
            writer.send(RawClient.request(formerWrite, 1, 4L << 20));
            writer.send(pattern(1 << 20, 1));
            await().untilAsserted(() -> BytePattern.check(node.memory(0, 1000, 1000), 1, 1000));

            node.supersede();
            CompletableFuture<Void> cut = node.sessions().cutWriters().toCompletableFuture();

            assertThat(cut).succeedsWithin(Duration.ofSeconds(10));
            assertThat(ended(writer)).isTrue();
            BytePattern.fill(node.memory(0, 0, REGION_BYTES), 3, 0); // the memory has a new owner
            assertRead(reader, token(Mode.READ), 2);
            reader.send(RawClient.request(next, 3, 1000)); // waits for the node to follow
            node.adoptNext();
            BytePattern.check(ByteBuffer.wrap(reader.answer().bytes()), 3, 0);
            assertRead(reader, token(Mode.READ), 4);
            reader.send(RawClient.request(formerWrite, 5, 1000));
            reader.send(pattern(1000, 1));
            assertThat(reader.answer().status()).isEqualTo(ErrorCode.TOKEN_REFUSED);
            BytePattern.check(node.memory(0, 0, REGION_BYTES), 3, 0);
        }
    }

    private static void assertRead(RawClient reader, AccessToken token, long id) throws IOException {
        reader.send(RawClient.request(token, id, 1000));
        RawClient.Answer answer = reader.answer();
        assertThat(answer.status()).as(answer.text()).isEqualTo(ErrorCode.OK);
        BytePattern.check(ByteBuffer.wrap(answer.bytes()), 3, 0);
    }

    @Test
    void shouldCutWhenReaderStoppedReading() throws Exception {
        start(Duration.ofSeconds(5), Duration.ofSeconds(60), 10);
        try (RawClient raw = RawClient.greeted(server.port(), client)) {
            long[] lengths = new long[100];
            Arrays.fill(lengths, 80_000);
            for (int i = 0; i < 20; i++) {
                raw.send(RawClient.request(token(Mode.READ), i, lengths));
            }
            await().until(() -> node.sessions().openCount() == 1);
            assertThat(node.sessions().cut(client, 1).toCompletableFuture()).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    @Test
    void shouldAnswerInOrderWhenRequestsArePipelined() throws Exception {
        start(Duration.ofSeconds(5), Duration.ofSeconds(60), 10);
        try (RawClient raw = RawClient.greeted(server.port(), client)) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int i = 0; i < 50; i++) {
                all.writeBytes(RawClient.request(token(Mode.WRITE), 2L * i, 100 + i, 50));
                all.writeBytes(pattern(150 + i, i));
                all.writeBytes(RawClient.request(token(Mode.READ), 2L * i + 1, 150 + i));
            }
            raw.send(all.toByteArray());
            for (int i = 0; i < 50; i++) {
                for (int op = 0; op < 2; op++) {
                    RawClient.Answer placed = raw.answer();
                    assertThat(placed.id()).isEqualTo(2L * i);
                    assertThat(placed.op()).isEqualTo(op);
                    assertThat(placed.status()).isEqualTo(ErrorCode.OK);
                }
                RawClient.Answer read = raw.answer();
                assertThat(read.id()).isEqualTo(2L * i + 1);
                BytePattern.check(ByteBuffer.wrap(read.bytes()), i, 0);
            }
        }
    }

    @Test
    void shouldRefuseTokenWhenItIsOfAnotherSessionOrMode() throws Exception {
        start(Duration.ofSeconds(5), Duration.ofSeconds(60), 10);
        TokenDraft stranger = node.draft(Mode.READ, UUID.randomUUID()).range(0, 0, REGION_BYTES);
        TokenDraft newer = node.draft(Mode.READ, client).range(0, 0, REGION_BYTES);
        newer.generation = 2;
        byte[] wrongMode = RawClient.request(token(Mode.READ), 1, 100);
        wrongMode[4] = 1;
        try (RawClient raw = RawClient.greeted(server.port(), client)) {
            for (byte[] request :
                    new byte[][] {RawClient.request(stranger.seal(), 1, 100), RawClient.request(newer.seal(), 1, 100)
                    }) {
                raw.send(request);
                assertThat(raw.answer().status()).isEqualTo(ErrorCode.TOKEN_REFUSED);
            }
            raw.send(wrongMode);
            raw.send(pattern(100, 1));
            RawClient.Answer answer = raw.answer();
            assertThat(answer.status()).isEqualTo(ErrorCode.TOKEN_REFUSED);
            assertThat(answer.op()).isEqualTo(TcpFormat.ALL_OPS);
            BytePattern.checkAll(node.memory(0, 0, 1000), (byte) 0);
            raw.send(RawClient.request(token(Mode.READ), 7, 100));
            assertThat(raw.answer().status()).isEqualTo(ErrorCode.OK);
        }
    }

    @Test
    void shouldRefuseAtHelloWhenGenerationOrNonceIsStale() throws Exception {
        start(Duration.ofSeconds(5), Duration.ofSeconds(60), 10);
        node.sessions().cut(client, 4);
        assertHello(client, 4, TestNode.NONCE, ErrorCode.SESSION_CUT);
        assertHello(client, 5, TestNode.NONCE + 1, ErrorCode.TOKEN_REFUSED);
        assertThat(node.sessions().openCount()).isZero();
    }

    @Test
    void shouldRefuseWhenVersionIsAnother() throws Exception {
        start(Duration.ofSeconds(5), Duration.ofSeconds(60), 10);
        ByteBuffer hello = ByteBuffer.allocate(TcpFormat.HELLO_BYTES);
        TcpFormat.putHello(hello, client, 1, TestNode.NONCE);
        hello.putShort(4, (short) 2);
        try (RawClient raw = new RawClient(server.port())) {
            raw.send(hello.array());
            assertThat(raw.helloAnswer()).isEqualTo(ErrorCode.PROTOCOL_MISMATCH);
            assertThat(raw.ended()).isTrue();
        }
    }

    @Test
    void shouldCloseWhenItIsNotOurProtocol() throws Exception {
        start(Duration.ofSeconds(5), Duration.ofSeconds(60), 10);
        try (RawClient raw = new RawClient(server.port())) {
            raw.send("GET / HTTP/1.1\r\nHost: node\r\n\r\n\r\n\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(ended(raw)).isTrue();
        }
    }

    @Test
    void shouldAnswerAndCloseWhenRequestIsMalformed() throws Exception {
        start(Duration.ofSeconds(5), Duration.ofSeconds(60), 10);
        AccessToken token = token(Mode.WRITE);
        byte[] magic = RawClient.request(token, 1, 100);
        magic[0]++;
        byte[] operation = RawClient.request(token, 1, 100);
        operation[4] = 3;
        byte[] mode = RawClient.request(token, 1, 100);
        mode[TcpFormat.REQUEST_BYTES] = 9;
        assertClosedAfter(Arrays.copyOf(magic, TcpFormat.REQUEST_BYTES), ErrorCode.PROTOCOL_MISMATCH);
        assertClosedAfter(Arrays.copyOf(operation, TcpFormat.REQUEST_BYTES), ErrorCode.PROTOCOL_MISMATCH);
        assertClosedAfter(mode, ErrorCode.TOKEN_REFUSED);
        assertClosedAfter(RawClient.request(token, 1, -1), ErrorCode.INVALID_PARAMS);
        assertClosedAfter(RawClient.request(token, 1, Long.MAX_VALUE, 1), ErrorCode.INVALID_PARAMS);
        assertClosedAfter(head(-1, 1), ErrorCode.INVALID_PARAMS);
        assertClosedAfter(head(Integer.MAX_VALUE, 1), ErrorCode.INVALID_PARAMS);
        assertClosedAfter(head(100, 0), ErrorCode.INVALID_PARAMS);
        assertClosedAfter(head(100, -1), ErrorCode.INVALID_PARAMS);
        assertClosedAfter(head(100, TcpFormat.MAX_OPS + 1), ErrorCode.INVALID_PARAMS);
        // more payload than the node would read only to stay in step
        assertClosedAfter(RawClient.request(token, 1, Long.MAX_VALUE / 2, 100), ErrorCode.TOKEN_REFUSED);
    }

    @Test
    void shouldCloseWhenClientIsSilentOrSlowToIntroduceItself() throws Exception {
        // long enough for the others to introduce themselves on a busy machine
        start(Duration.ofSeconds(1), Duration.ofMillis(1500), 10);
        try (RawClient silent = new RawClient(server.port());
                RawClient idle = RawClient.greeted(server.port(), client);
                RawClient stuck = RawClient.greeted(server.port(), client)) {
            stuck.send(RawClient.request(token(Mode.WRITE), 1, 1000));
            assertThat(ended(silent)).isTrue();
            assertThat(ended(idle)).isTrue();
            assertThat(ended(stuck)).isTrue();
            await().until(() -> node.sessions().openCount() == 0);
        }
    }

    @Test
    void shouldRefuseWhenAllConnectionsAreTaken() throws Exception {
        start(Duration.ofSeconds(5), Duration.ofSeconds(60), 2);
        try (RawClient first = RawClient.greeted(server.port(), client);
                RawClient second = RawClient.greeted(server.port(), client);
                RawClient third = new RawClient(server.port())) {
            assertThat(third.helloAnswer()).isEqualTo(ErrorCode.OVERLOADED);
            second.close();
            await().until(() -> server.connectionCount() == 1);
            RawClient.greeted(server.port(), client).close();
            first.send(RawClient.request(token(Mode.READ), 1, 10));
            assertThat(first.answer().status()).isEqualTo(ErrorCode.OK);
        }
    }

    @Test
    void shouldSayWhichAddressWhenPortIsTaken() throws Exception {
        start(Duration.ofSeconds(5), Duration.ofSeconds(60), 2);
        TcpServerOptions taken = TcpServerOptions.of("127.0.0.1", server.port());
        assertThatThrownBy(() -> TcpDataServer.start(taken, node, node.gate(), node.sessions(), AccessHook.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1:" + server.port());
    }

    private void start(Duration handshake, Duration idle, int connections) throws IOException {
        server = TcpDataServer.start(
                new TcpServerOptions("127.0.0.1", 0, connections, handshake, idle),
                node,
                node.gate(),
                node.sessions(),
                AccessHook.NONE);
    }

    private AccessToken token(Mode mode) {
        return node.draft(mode, client).range(0, 0, REGION_BYTES).seal();
    }

    private void assertHello(UUID who, long generation, long nonce, ErrorCode expected) throws IOException {
        try (RawClient raw = new RawClient(server.port())) {
            assertThat(raw.hello(who, generation, nonce)).isEqualTo(expected);
            assertThat(raw.ended()).isTrue();
        }
    }

    private void assertClosedAfter(byte[] request, ErrorCode expected) throws IOException {
        try (RawClient raw = RawClient.greeted(server.port(), client)) {
            raw.send(request);
            RawClient.Answer answer = raw.answer();
            assertThat(answer.status()).as(answer.text()).isEqualTo(expected);
            assertThat(ended(raw)).isTrue();
        }
        await().until(() -> node.sessions().openCount() == 0);
        BytePattern.checkAll(node.memory(0, 0, 1000), (byte) 0);
    }

    /** Closing with unread bytes resets the connection. */
    private static boolean ended(RawClient raw) throws IOException {
        try {
            return raw.ended();
        } catch (SocketException e) {
            return true;
        }
    }

    private static byte[] head(int tokenBytes, int ops) {
        return ByteBuffer.allocate(TcpFormat.REQUEST_BYTES)
                .putInt(TcpFormat.MAGIC)
                .putInt(0)
                .putLong(1)
                .putInt(tokenBytes)
                .putInt(ops)
                .array();
    }

    private static byte[] pattern(int bytes, long seed) {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        BytePattern.fill(buffer, seed, 0);
        return buffer.array();
    }
}
