package io.mooncake4j.transfer.rdma.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.engine.BytePattern;
import io.mooncake4j.transfer.engine.TestNode;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.memory.BufferPool;
import io.mooncake4j.transfer.memory.PooledBuffer;
import io.mooncake4j.transfer.metrics.RdmaMeters;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Deadline;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** A client's path to a fake device, and what is said to it again and again. */
final class PathCase implements AutoCloseable {
    static final int REGION_BYTES = 1 << 20;
    static final long THERE = 1;
    static final long HERE = 2;

    final TestNode node = new TestNode(2, REGION_BYTES, SafetyRules.ALL);
    final BufferPool pool = new BufferPool(4 << 20);
    final FakeMemory memory = new FakeMemory(pool);
    final RdmaMeters meters = new RdmaMeters();
    final FakeDevice device;
    final List<PooledBuffer> leases = new ArrayList<>();
    PathOptions options = new PathOptions(
            4096, 1000, 64 << 10, Duration.ofMillis(20), Duration.ofSeconds(20), Duration.ofMillis(300));
    SafetyRules rules = SafetyRules.ALL;
    volatile boolean stop;
    LinkPath path;

    PathCase(int queues) {
        this(queues, new Random(1));
    }

    PathCase(int queues, Random random) {
        device = new FakeDevice(memory, queues, random, node.region(0), node.region(1));
        for (int region = 0; region < 2; region++) {
            BytePattern.fill(node.region(region), THERE, (long) region * REGION_BYTES);
        }
    }

    LinkPath path() {
        if (path == null) {
            path = new LinkPath("somewhere:1", device, memory, options, rules, meters, () -> stop);
        }
        return path;
    }

    /** Everything of both regions: range r is region r. */
    AccessToken token(Mode mode) {
        return node.draft(mode, UUID.randomUUID())
                .range(0, 0, REGION_BYTES)
                .range(1, 0, REGION_BYTES)
                .seal();
    }

    /** Bytes inside the registered pool. */
    ByteBuffer pooled(int bytes) {
        PooledBuffer lease = pool.lease(bytes, soon());
        leases.add(lease);
        return lease.buffer();
    }

    PathEnd run(Mode mode, TransferOp... ops) {
        return path().run(token(mode), List.of(ops), soon());
    }

    static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(30));
    }

    /** Fails unless a read brought what is there. */
    static void checkRead(TransferOp op) {
        assertThat(op.outcome()).as(op.detail()).isEqualTo(Outcome.DONE);
        long at = op.offsetInRange() + (long) op.range() * REGION_BYTES;
        for (ByteBuffer buffer : op.buffers()) {
            BytePattern.check(buffer, THERE, at);
            at += buffer.remaining();
        }
    }

    /** Fills what is to be written. */
    static TransferOp toWrite(TransferOp op) {
        long at = op.offsetInRange() + (long) op.range() * REGION_BYTES;
        for (ByteBuffer buffer : op.buffers()) {
            BytePattern.fill(buffer, HERE, at);
            at += buffer.remaining();
        }
        return op;
    }

    /** Fails unless a write is placed. */
    void checkWritten(TransferOp op) {
        long at = op.offsetInRange();
        BytePattern.check(
                node.memory(op.range(), (int) at, (int) op.lengthBytes()), HERE, at + (long) op.range() * REGION_BYTES);
    }

    /** Fails if the device was misused, or the pool leaks. */
    @Override
    public void close() {
        assertThat(device.violations).isEmpty();
        leases.forEach(PooledBuffer::close);
        assertThat(pool.leasedBytes()).isZero();
        pool.close();
    }
}
