package io.mooncake4j.transfer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.engine.TestNode.TokenDraft;
import io.mooncake4j.transfer.engine.TransportFixture.RunningNode;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Deadline;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** A transport under test, the nodes that it reaches, and what is said to it again and again. */
public abstract class TransportCase {
    static final int REGION_BYTES = 40 << 20;
    static final byte UNTOUCHED = 0x55;

    final UUID client = UUID.randomUUID();
    final List<AutoCloseable> closeables = new ArrayList<>();
    final ExecutorService threads = Executors.newCachedThreadPool();

    /** The transport under test. */
    protected abstract TransportFixture fixture();

    @AfterEach
    void closeAll() throws Exception {
        threads.shutdownNow();
        for (int i = closeables.size() - 1; i >= 0; i--) {
            closeables.get(i).close();
        }
        assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    Transport transport() {
        Transport transport = fixture().newTransport();
        closeables.add(transport);
        return transport;
    }

    boolean checksEachAccess() {
        return fixture().tokenCheck() == TransportFixture.TokenCheck.AT_EACH_ACCESS;
    }

    RunningNode start(TestNode node, AccessHook hook) throws Exception {
        RunningNode running = fixture().start(node, hook);
        closeables.add(running);
        return running;
    }

    /** Writes 1000 bytes of seed 8 at the start of region 0. */
    TransferOp write(Transport transport, int port, TestNode node, long generation) {
        ByteBuffer source = ByteBuffer.allocateDirect(1000);
        BytePattern.fill(source, 8, 0);
        TransferOp op = new TransferOp(0, 0, source);
        TokenDraft draft = node.draft(Mode.WRITE, client).range(0, 0, 1000);
        draft.generation = generation;
        run(transport, port, draft, op);
        return op;
    }

    void run(Transport transport, int port, TokenDraft draft, TransferOp... ops) {
        transport.run(transfer(port, draft.seal(), List.of(ops)), soon());
    }

    SegmentTransfer transfer(int port, AccessToken token, List<TransferOp> ops) {
        return new SegmentTransfer(new SegmentTarget("node", fixture().host(), port, token), ops);
    }

    static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(30));
    }

    static ByteBuffer filled(ByteBuffer buffer) {
        for (int i = 0; i < buffer.capacity(); i++) {
            buffer.put(i, UNTOUCHED);
        }
        return buffer;
    }
}
