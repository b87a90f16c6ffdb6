package io.mooncake4j.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.engine.ReservedPort;
import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.memory.MemoryKind;
import io.mooncake4j.transfer.tcp.TcpTransport;
import io.mooncake4j.transfer.tcp.TcpTransportOptions;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.HostPort;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A master, a directory for the memory of its nodes, and a client that reads and writes their bytes. */
abstract class StorageNodeFixture {
    static final Duration SOON = Duration.ofSeconds(20);
    static final UUID CLIENT = UUID.randomUUID();
    static final int SIZE = 1 << 20;

    private final TcpTransport client = new TcpTransport(TcpTransportOptions.DEFAULT);
    final CountDownLatch stalled = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);
    final ReservedPort reserved = new ReservedPort();
    Path shm;
    MasterOfNodes master;

    @BeforeEach
    void start() throws IOException {
        shm = Files.createTempDirectory(Path.of("/dev/shm"), "mooncake4j-test-");
        master = new MasterOfNodes(0, true);
    }

    @AfterEach
    void stop() throws IOException {
        goOn.countDown();
        client.close();
        master.close();
        reserved.close();
        try (Stream<Path> files = Files.walk(shm)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    NodeOptions.Builder options() {
        return NodeOptions.builder()
                .masters(List.of(new HostPort("127.0.0.1", master.port())))
                .name("n1")
                .dataPort(0)
                .memory(MemoryKind.shm(shm))
                .segmentBytes(SIZE);
    }

    static StorageNode mounted(NodeOptions.Builder options) {
        StorageNode node = StorageNode.start(options.build());
        assertThat(node.awaitMounted(SOON)).isTrue();
        return node;
    }

    AccessToken token(StorageNode node, Mode mode, long generation) {
        return master.token(mode, node.segmentId(), CLIENT, generation, SIZE);
    }

    TransferOp write(StorageNode node, long generation, byte[] bytes) {
        return run(
                node,
                token(node, Mode.WRITE, generation),
                ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
    }

    byte[] read(StorageNode node, long generation, int length) {
        ByteBuffer into = ByteBuffer.allocateDirect(length);
        TransferOp op = run(node, token(node, Mode.READ, generation), into);
        assertThat(op.outcome()).as(op.detail()).isEqualTo(TransferOp.Outcome.DONE);
        byte[] bytes = new byte[length];
        into.get(0, bytes);
        return bytes;
    }

    TransferOp run(StorageNode node, AccessToken token, ByteBuffer bytes) {
        TransferOp op = new TransferOp(0, 0, bytes);
        SegmentTarget target = new SegmentTarget(node.name(), node.host(), node.dataPort(), token);
        client.run(new SegmentTransfer(target, List.of(op)), Deadline.after(SOON));
        return op;
    }

    static byte[] randomBytes(long seed) {
        byte[] bytes = new byte[100_000];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
