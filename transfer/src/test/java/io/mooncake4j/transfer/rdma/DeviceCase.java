package io.mooncake4j.transfer.rdma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TestNode;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.Transport;
import io.mooncake4j.transfer.rdma.RdmaFixture.ServedNode;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Deadline;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** Nodes and clients of this machine's device, closed after each test. */
@Tag("java17")
abstract class DeviceCase {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final byte UNTOUCHED = 0x55;
    /** What clients write: all the same, since a pattern takes long to make here. */
    static final byte WRITTEN = 0x22;

    final UUID client = UUID.randomUUID();
    final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<AutoCloseable> closeables = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        threads.shutdownNow();
        for (int i = closeables.size() - 1; i >= 0; i--) {
            closeables.get(i).close();
        }
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    static void awaitNoQueuePairs(ServedNode served, TestNode node) {
        await().untilAsserted(() -> {
            assertThat(served.rdma.queuePairs()).isZero();
            assertThat(node.sessions().openCount()).isZero();
        });
    }

    RdmaDevice device() {
        RdmaDevice device = RdmaDevice.open(RdmaFixture.OPTIONS);
        closeables.add(device);
        return device;
    }

    ServedNode serve(TestNode node, RdmaOptions options) throws Exception {
        ServedNode served = new RdmaFixture(options).start(node, AccessHook.NONE);
        closeables.add(served);
        return served;
    }

    Transport transport() {
        Transport transport = new RdmaFixture().newTransport();
        closeables.add(transport);
        return transport;
    }

    TransferOp write(Transport transport, TestNode node, ServedNode served, long generation, int bytes) {
        ByteBuffer source = fill(ByteBuffer.allocateDirect(bytes), WRITTEN);
        TransferOp op = new TransferOp(0, 0, source);
        transport.run(transfer(node, served, Mode.WRITE, generation, op), soon());
        return op;
    }

    TransferOp read(Transport transport, TestNode node, ServedNode served, int bytes, Deadline deadline) {
        TransferOp op = new TransferOp(0, 0, ByteBuffer.allocateDirect(bytes));
        transport.run(transfer(node, served, Mode.READ, 1, op), deadline);
        return op;
    }

    SegmentTransfer transfer(TestNode node, ServedNode served, Mode mode, long generation, TransferOp... ops) {
        return new SegmentTransfer(target(node, served, mode, generation), List.of(ops));
    }

    SegmentTarget target(TestNode node, ServedNode served, Mode mode, long generation) {
        TestNode.TokenDraft draft =
                node.draft(mode, client).range(0, 0, node.region(0).capacity());
        draft.generation = generation;
        return new SegmentTarget("node", new RdmaFixture().host(), served.port(), draft.seal());
    }

    static ByteBuffer filled(ByteBuffer buffer) {
        return fill(buffer, UNTOUCHED);
    }

    static ByteBuffer fill(ByteBuffer buffer, byte value) {
        byte[] page = new byte[1 << 16];
        Arrays.fill(page, value);
        for (int at = 0; at < buffer.capacity(); at += page.length) {
            buffer.put(at, page, 0, Math.min(page.length, buffer.capacity() - at));
        }
        return buffer;
    }

    static Deadline soon() {
        return Deadline.after(PATIENCE);
    }
}
