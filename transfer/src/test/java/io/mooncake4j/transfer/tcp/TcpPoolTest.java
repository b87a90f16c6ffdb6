package io.mooncake4j.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.engine.BytePattern;
import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.StallingHook;
import io.mooncake4j.transfer.engine.TestNode;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The client's connections: bounded, reused, and found stale. */
class TcpPoolTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final UUID client = UUID.randomUUID();
    private final TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
    private final List<AutoCloseable> closeables = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : closeables) {
            each.close();
        }
    }

    @Test
    void shouldReuseOneConnectionWhenCallsFollowEachOther() throws Exception {
        TcpDataServer server = start(0, Duration.ofSeconds(60), AccessHook.NONE);
        TcpTransport transport = transport(4);
        for (int i = 0; i < 50; i++) {
            assertThat(run(transport, server.port(), Mode.READ, SOON).outcome()).isEqualTo(Outcome.DONE);
            assertThat(server.connectionCount()).isEqualTo(1);
        }
    }

    @Test
    void shouldShareConnectionsWhenThereAreMoreCallersThanAllowed() throws Exception {
        TcpDataServer server = start(0, Duration.ofSeconds(60), AccessHook.NONE);
        TcpTransport transport = transport(2);
        List<CompletableFuture<TransferOp>> running = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            running.add(CompletableFuture.supplyAsync(
                    () -> run(transport, server.port(), Mode.READ, SOON), task -> new Thread(task).start()));
        }
        for (CompletableFuture<TransferOp> each : running) {
            assertThat(each.get().outcome()).isEqualTo(Outcome.DONE);
        }
        assertThat(server.connectionCount()).isBetween(1, 2);
    }

    @Test
    void shouldGiveUpInTimeWhenAllConnectionsAreBusy() throws Exception {
        StallingHook hook = new StallingHook(0);
        TcpDataServer server = start(0, Duration.ofSeconds(60), hook);
        TcpTransport transport = transport(1);
        CompletableFuture<TransferOp> busy =
                CompletableFuture.supplyAsync(() -> run(transport, server.port(), Mode.WRITE, SOON));
        hook.awaitStall();
        TransferOp waiting = run(transport, server.port(), Mode.WRITE, Duration.ofMillis(100));
        assertThat(waiting.outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(waiting.error()).isEqualTo(ErrorCode.RPC_TIMEOUT);
        hook.release();
        assertThat(busy.get().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void shouldReadOverFreshConnectionWhenPooledOneIsDead() throws Exception {
        TcpDataServer first = start(0, Duration.ofSeconds(60), AccessHook.NONE);
        TcpTransport transport = transport(4);
        assertThat(run(transport, first.port(), Mode.READ, SOON).outcome()).isEqualTo(Outcome.DONE);
        first.close();
        TcpDataServer second = start(first.port(), Duration.ofSeconds(60), AccessHook.NONE);
        TransferOp read = run(transport, second.port(), Mode.READ, SOON);
        assertThat(read.outcome()).as(read.detail()).isEqualTo(Outcome.DONE);
    }

    @Test
    void shouldNotRepeatWriteWhenPooledConnectionIsDead() throws Exception {
        TcpDataServer first = start(0, Duration.ofSeconds(60), AccessHook.NONE);
        TcpTransport transport = transport(4);
        assertThat(run(transport, first.port(), Mode.READ, SOON).outcome()).isEqualTo(Outcome.DONE);
        first.close();
        TcpDataServer second = start(first.port(), Duration.ofSeconds(60), AccessHook.NONE);
        TransferOp write = run(transport, second.port(), Mode.WRITE, SOON);
        // its bytes left, into a socket whose other end was closed
        assertThat(write.outcome()).as(write.detail()).isEqualTo(Outcome.UNANSWERED);
        assertThat(run(transport, second.port(), Mode.WRITE, SOON).outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void shouldRetireConnectionBeforeNodeDoesWhenItIsIdle() throws Exception {
        TcpDataServer server = start(0, Duration.ofSeconds(1), AccessHook.NONE);
        TcpTransport transport = transport(4);
        for (int i = 0; i < 3; i++) {
            await().until(() -> server.connectionCount() == 0);
            // a write is never repeated, so each of them had a live connection
            assertThat(run(transport, server.port(), Mode.WRITE, SOON).outcome())
                    .isEqualTo(Outcome.DONE);
        }
    }

    @Test
    void shouldSayNeverSentWhenPeerAcceptsAndSaysNothing() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            TransferOp op = run(transport(4), silent.getLocalPort(), Mode.WRITE, SOON);
            assertThat(op.outcome()).isEqualTo(Outcome.NEVER_SENT);
            assertThat(op.error()).isEqualTo(ErrorCode.TRANSFER_FAIL);
            assertThat(op.detail()).contains("greet");
        }
    }

    @Test
    void shouldSayNeverSentWhenPeerSpeaksAnotherProtocol() throws Exception {
        try (ServerSocket http = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> answering = CompletableFuture.runAsync(() -> {
                try (Socket socket = http.accept()) {
                    socket.getInputStream().readNBytes(TcpFormat.HELLO_BYTES);
                    socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes());
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            TransferOp op = run(transport(4), http.getLocalPort(), Mode.WRITE, SOON);
            assertThat(op.outcome()).isEqualTo(Outcome.NEVER_SENT);
            assertThat(op.detail()).contains("no data port");
            answering.get();
        }
    }

    @Test
    void shouldDropConnectionWhenAnswersAreOutOfStep() throws Exception {
        try (ServerSocket liar = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Boolean> answering = CompletableFuture.supplyAsync(() -> {
                try (Socket socket = liar.accept()) {
                    socket.getInputStream().readNBytes(TcpFormat.HELLO_BYTES);
                    ByteBuffer answers = ByteBuffer.allocate(200);
                    TcpFormat.putHelloAnswer(answers, ErrorCode.OK, 60_000, new byte[0]);
                    TcpFormat.putAnswer(answers, 12_345, 0, ErrorCode.OK, 0); // of no request
                    socket.getOutputStream().write(answers.array(), 0, answers.position());
                    socket.getInputStream().readAllBytes();
                    return true;
                } catch (IOException e) {
                    return true; // reset, which is a close
                }
            });
            TransferOp op = run(transport(4), liar.getLocalPort(), Mode.WRITE, SOON);
            assertThat(op.outcome()).isEqualTo(Outcome.UNANSWERED);
            assertThat(answering.get()).isTrue();
        }
    }

    private TcpTransport transport(int connections) {
        TcpTransport transport =
                new TcpTransport(new TcpTransportOptions(connections, Duration.ofMillis(1500), 1 << 20));
        closeables.add(transport);
        return transport;
    }

    private TcpDataServer start(int port, Duration idle, AccessHook hook) throws IOException {
        TcpDataServer server = TcpDataServer.start(
                new TcpServerOptions("127.0.0.1", port, 100, Duration.ofSeconds(5), idle),
                node,
                node.gate(),
                node.sessions(),
                hook);
        closeables.add(server);
        return server;
    }

    /** Moves 1000 bytes of seed 8 one way or the other. */
    private TransferOp run(TcpTransport transport, int port, Mode mode, Duration within) {
        BytePattern.fill(node.memory(0, 0, 1000), 8, 0);
        ByteBuffer buffer = ByteBuffer.allocateDirect(1000);
        BytePattern.fill(buffer, mode == Mode.READ ? 9 : 8, 0);
        TransferOp op = new TransferOp(0, 0, buffer);
        SegmentTarget target = new SegmentTarget(
                "node",
                "127.0.0.1",
                port,
                node.draft(mode, client).range(0, 0, 1000).seal());
        transport.run(new SegmentTransfer(target, List.of(op)), Deadline.after(within));
        if (op.outcome() == Outcome.DONE) {
            BytePattern.check(buffer, 8, 0);
        }
        return op;
    }
}
