package io.mooncake4j.transfer.rdma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TestNode;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.memory.BufferPool;
import io.mooncake4j.transfer.metrics.Fallback;
import io.mooncake4j.transfer.metrics.RdmaMeters;
import io.mooncake4j.transfer.rdma.RdmaFixture.ServedNode;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.vm.DeviceKind;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Deadline;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** What is counted of a device, at both ends. */
class MetersOverDevice {
    /** It takes a while to move. */
    private static final int REGION_BYTES = 32 << 20;

    private static final int BYTES = 100_000;
    private static final byte WRITTEN = 7;

    private final RdmaMeters client = new RdmaMeters();
    private final UUID id = UUID.randomUUID();

    @Test
    void shouldCountWhatThereIsAndWhatFailsWhenANodeServesAndEnds() throws Exception {
        TestNode node = new TestNode(1, REGION_BYTES, SafetyRules.ALL);
        RdmaTransport transport = new RdmaTransport(
                RdmaDevice.open(RdmaFixture.OPTIONS),
                RdmaFixture.OPTIONS,
                () -> new BufferPool(RdmaFixture.POOL_BYTES),
                SafetyRules.ALL,
                client);
        RdmaMeters served;
        try (ServedNode running = new RdmaFixture().start(node, AccessHook.NONE)) {
            served = running.meters;
            assertThat(served.memoryRegions()).isOne();
            assertThat(served.registeredBytes()).isEqualTo(REGION_BYTES);
            assertThat(client.queuePairs().sum()).isZero();

            assertThat(write(transport, node, running.port(), BYTES).outcome()).isEqualTo(Outcome.DONE);
            assertThat(client.queuePairs().sum()).isEqualTo(RdmaFixture.OPTIONS.queuePairsPerLink());
            assertThat(served.queuePairs().sum()).isEqualTo(RdmaFixture.OPTIONS.queuePairsPerLink());
            assertThat(running.rdma.sessions()).isOne();
            assertThat(client.memoryRegions()).isEqualTo(ClientMemory.REGIONS);
            assertThat(client.registeredBytes()).isGreaterThanOrEqualTo(RdmaFixture.POOL_BYTES);
            assertThat(client.payloadBytes().sum()).isEqualTo(BYTES);
            assertThat(client.copiedBytes().sum()).isEqualTo(BYTES); // the buffer isn't the pool's
            assertThat(List.of(client.isMissing(), served.isMissing())).containsOnly(false);
            assertThat(errors(client)).isZero();

            CompletableFuture<TransferOp> writing =
                    CompletableFuture.supplyAsync(() -> write(transport, node, running.port(), REGION_BYTES));
            await().until(() -> node.memory(0, BYTES, 1).get(0) == WRITTEN);
            node.sessions().cut(id, 1).toCompletableFuture().get(60, TimeUnit.SECONDS);
            assertThat(writing.get(60, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.UNANSWERED);
            if (DeviceKind.here() == DeviceKind.RXE) { // siw may drop without a word what was under way
                assertThat(errors(client)).as("errors by status").isPositive();
            }
            assertThat(client.queuePairs().sum()).isZero();
            assertThat(client.payloadBytes().sum()).isEqualTo(BYTES);
        }
        assertThat(write(transport, node, 1, BYTES).outcome()).isEqualTo(Outcome.NEVER_SENT); // nobody listens there
        assertThat(client.fallbacks(Fallback.NOT_CONNECTED).sum()).isOne();
        assertThat(client.pausedNodes()).isPositive();
        assertThat(write(transport, node, 1, BYTES).outcome()).isEqualTo(Outcome.NEVER_SENT);
        assertThat(client.fallbacks(Fallback.PAUSED).sum()).isPositive();
        transport.close();

        await().untilAsserted(() -> assertThat(served.queuePairs().sum()).isZero());
        assertThat(List.of(client.queuePairs().sum(), client.memoryRegions(), client.registeredBytes()))
                .containsOnly(0L);
        assertThat(List.of(served.memoryRegions(), served.registeredBytes())).containsOnly(0L);
    }

    private static long errors(RdmaMeters meters) {
        return meters.completionErrors().byName().values().stream()
                .mapToLong(LongAdder::sum)
                .sum();
    }

    private TransferOp write(RdmaTransport transport, TestNode node, int port, int bytes) {
        byte[] source = new byte[bytes];
        Arrays.fill(source, WRITTEN);
        TransferOp op = new TransferOp(0, 0, ByteBuffer.wrap(source));
        SegmentTarget target = new SegmentTarget(
                "node",
                DeviceKind.here().address(),
                port,
                node.draft(Mode.WRITE, id).range(0, 0, REGION_BYTES).seal());
        transport.run(new SegmentTransfer(target, List.of(op)), Deadline.after(Duration.ofSeconds(60)));
        return op;
    }
}
