package io.mooncake4j.bench;

import com.sun.management.ThreadMXBean;
import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.memory.BufferPool;
import io.mooncake4j.transfer.memory.PooledBuffer;
import io.mooncake4j.transfer.memory.Regions;
import io.mooncake4j.transfer.metrics.DataMeters;
import io.mooncake4j.transfer.metrics.RdmaMeters;
import io.mooncake4j.transfer.rdma.RdmaDevice;
import io.mooncake4j.transfer.rdma.RdmaNode;
import io.mooncake4j.transfer.rdma.RdmaOptions;
import io.mooncake4j.transfer.rdma.RdmaTransport;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.AccessGate;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.server.SessionTable;
import io.mooncake4j.transfer.tcp.TcpDataServer;
import io.mooncake4j.transfer.tcp.TcpServerOptions;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.SealKey;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** The RDMA transport alone, from and into a buffer of its pool: what it allocates and copies for a request. */
final class RdmaGarbage implements AutoCloseable {
    /** Until the link is there, classes are loaded and code that throws allocations away is compiled. */
    private static final int WARM_UP = 200;

    private static final int MEASURED = 200;

    /**
     * @param heapBytes allocated by the thread that transfers, a request
     * @param copiedBytes of all requests together
     * @param millis a request takes, one after the other: what a call of the whole store takes beyond that is control
     */
    record Counts(double heapBytes, long movedBytes, long copiedBytes, double millis) {}

    private final UUID segment = UUID.randomUUID();
    private final UUID client = UUID.randomUUID();
    private final Epoch epoch = new Epoch(UUID.randomUUID(), 1);
    private final SealKey key = SealKey.derive("benchmark".getBytes(StandardCharsets.UTF_8), segment, epoch);
    private final int valueBytes;
    private final String address;
    private final RdmaNode node;
    private final TcpDataServer server;
    private final BufferPool pool;
    private final RdmaTransport transport;

    RdmaGarbage(String device, String address, int valueBytes) throws IOException {
        this.address = address;
        this.valueBytes = valueBytes;
        ByteBuffer memory = ByteBuffer.allocateDirect(valueBytes);
        Regions regions = new Regions() {
            @Override
            public int count() {
                return 1;
            }

            @Override
            public ByteBuffer region(int index) {
                return memory;
            }
        };
        AccessGate gate = new AccessGate(regions, segment, 1, SafetyRules.ALL);
        long now = System.nanoTime();
        gate.adopt(epoch, key, now, now, now);
        RdmaOptions options =
                RdmaOptions.DEFAULT.withDevices(List.of(device)).withConnectTimeout(Duration.ofSeconds(20));
        node = RdmaNode.start(options, regions, new RdmaMeters());
        server = TcpDataServer.start(
                TcpServerOptions.of(address, 0),
                regions,
                gate,
                new SessionTable(SafetyRules.ALL),
                AccessHook.NONE,
                node,
                new DataMeters());
        pool = new BufferPool(2 * valueBytes);
        transport = new RdmaTransport(RdmaDevice.open(options), options, () -> pool);
    }

    Counts count(AccessToken.Mode mode) {
        ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
        try (PooledBuffer buffer = pool.lease(valueBytes, Deadline.after(Duration.ofSeconds(1)))) {
            TransferOp op = new TransferOp(0, 0, buffer.buffer());
            SegmentTransfer transfer = new SegmentTransfer(target(mode), List.of(op));
            Deadline deadline = Deadline.after(Duration.ofMinutes(2));
            run(transfer, op, deadline, WARM_UP);
            long movedBefore = transport.payloadBytes();
            long copiedBefore = transport.stagedBytes();
            long heapBefore = threads.getCurrentThreadAllocatedBytes();
            long beganNanos = System.nanoTime();
            run(transfer, op, deadline, MEASURED);
            double millis = (System.nanoTime() - beganNanos) / 1e6 / MEASURED;
            long heap = threads.getCurrentThreadAllocatedBytes() - heapBefore;
            return new Counts(
                    (double) heap / MEASURED,
                    transport.payloadBytes() - movedBefore,
                    transport.stagedBytes() - copiedBefore,
                    millis);
        }
    }

    private void run(SegmentTransfer transfer, TransferOp op, Deadline deadline, int times) {
        for (int i = 0; i < times; i++) {
            transport.run(transfer, deadline);
            if (op.outcome() != TransferOp.Outcome.DONE) {
                throw new IllegalStateException(op.outcome() + ": " + op.detail());
            }
        }
    }

    private SegmentTarget target(AccessToken.Mode mode) {
        AccessToken token = new AccessToken(
                        mode,
                        segment,
                        1,
                        epoch,
                        client,
                        1,
                        System.nanoTime() + TimeUnit.MINUTES.toNanos(10),
                        new int[1],
                        new long[1],
                        new long[] {valueBytes},
                        new byte[AccessToken.MAC_BYTES])
                .sealedBy(key);
        return new SegmentTarget("bench", address, server.port(), token);
    }

    @Override
    public void close() {
        transport.close();
        server.close();
        node.close();
        pool.close();
    }
}
