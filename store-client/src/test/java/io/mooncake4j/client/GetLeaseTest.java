package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.safety.SafetySwitches;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Checksum;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.RenewLeaseRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Gets that outlast a lease, a token or the object that they read. */
class GetLeaseTest {
    @RegisterExtension
    final ScriptedStore scripted = new ScriptedStore(2, builder -> builder.operationTimeout(Duration.ofSeconds(20)));

    private final ScriptedMaster master = scripted.master;
    private final UUID first = master.segments.get(0);
    private MooncakeClient client = scripted.client();

    private void loseRenewals() {
        for (int i = 0; i < 100; i++) {
            master.next(Method.RENEW_LEASE, ScriptedMaster.LOST_REQUEST);
        }
    }

    /** Waits until the read lease of the transfer has certainly ended, whatever its length; the next one is long. */
    private FakeNodes.Script afterTheLease() {
        return (nodes, transfer, deadline) -> {
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(master.leaseMs);
            while (System.nanoTime() - until < 0) {
                LockSupport.parkNanos(until - System.nanoTime());
            }
            master.leaseMs = 60_000;
            nodes.copy(transfer);
        };
    }

    @Test
    void shouldDiscardAndAskAgainWhenTheLeaseEndedBeforeTheLastByte() {
        master.leaseMs = 400;
        byte[] value = scripted.store("k", 100, 1);
        loseRenewals();
        master.nodes.next(first, afterTheLease());

        assertThat(client.get("k")).hasValue(value);

        assertThat(master.received(Method.GET_REPLICAS)).hasSize(2);
    }

    @Test
    void shouldNotDeliverRecycledBytesWhenTheLeaseEnded() {
        client = scripted.client(builder -> builder.checksums(false));
        master.leaseMs = 400;
        scripted.store("k", 100, 1);
        loseRenewals();
        master.nodes.next(first, recycled());

        assertThat(client.get("k")).isEmpty();
    }

    @Test
    void shouldDeliverRecycledBytesWhenTheLeaseCheckIsSwitchedOff() {
        client = scripted.client(
                builder -> builder.checksums(false).safetyRules(SafetySwitches.allExcept(SafetyRule.LEASE_CHECK)));
        master.leaseMs = 400;
        byte[] value = scripted.store("k", 100, 1);
        loseRenewals();
        master.nodes.next(first, recycled());

        assertThat(client.get("k")).hasValueSatisfying(got -> assertThat(got).isNotEqualTo(value));
    }

    /** The object is removed while its reader sleeps, and its memory holds something else when the reader goes on. */
    private FakeNodes.Script recycled() {
        return (nodes, transfer, deadline) -> {
            afterTheLease()
                    .run(
                            nodes,
                            new io.mooncake4j.transfer.engine.SegmentTransfer(transfer.target(), List.of()),
                            deadline);
            synchronized (master) {
                master.objects.clear();
            }
            byte[] memory = nodes.memory(first, 100);
            System.arraycopy(Values.of("other", 100), 0, memory, 0, 100);
            nodes.copy(transfer);
        };
    }

    @Test
    void shouldRenewTheLeaseWhenAReadTakesLong() {
        master.leaseMs = 1500;
        byte[] value = scripted.store("k", 1000, 1);
        master.nodes.next(first, (nodes, transfer, deadline) -> {
            await().until(() -> master.received(Method.RENEW_LEASE).size() >= 2);
            nodes.copy(transfer);
        });

        assertThat(client.get("k")).hasValue(value);

        assertThat(master.received(Method.GET_REPLICAS)).hasSize(1);
        RenewLeaseRequest renewal =
                (RenewLeaseRequest) master.received(Method.RENEW_LEASE).get(0);
        assertThat(renewal.getObjectIdsList())
                .containsExactly(master.object("k").id());
    }

    @Test
    void shouldUseFreshTokensWhenALongReadHasManyWaves() {
        master.leaseMs = 1500;
        byte[] value = scripted.store("k", (int) Wave.MAX_BYTES + 12345, 1);
        master.nodes.next(first, (nodes, transfer, deadline) -> {
            await().until(() -> !master.received(Method.RENEW_LEASE).isEmpty());
            nodes.copy(transfer);
        });

        assertThat(client.get("k")).hasValue(value);

        List<AccessToken> tokens = master.nodes.tokens().stream().distinct().toList();
        assertThat(tokens).hasSize(2);
        assertThat(tokens.get(1).deadlineTicks()).isGreaterThan(tokens.get(0).deadlineTicks());
        assertThat(master.received(Method.GET_REPLICAS)).hasSize(1);
    }

    @Test
    void shouldGoOnWhereItWasWhenTheSecondWaveFails() {
        byte[] value = scripted.store("k", (int) Wave.MAX_BYTES + 12345, 1);
        AtomicInteger bytes = new AtomicInteger();
        master.nodes.next(first, new FakeNodes.Script() {
            @Override
            public void run(FakeNodes nodes, SegmentTransfer transfer, Deadline deadline) {
                if (transfer.ops().get(0).offsetInRange() < Wave.MAX_BYTES) {
                    nodes.next(first, this); // the engine may move a wave as several transfers
                    nodes.copy(transfer);
                    return;
                }
                nodes.next(first, (again, rest, until) -> {
                    rest.ops().forEach(op -> bytes.addAndGet((int) op.lengthBytes()));
                    again.copy(rest);
                });
                FakeNodes.TOKEN_REFUSED.run(nodes, transfer, deadline);
            }
        });

        assertThat(client.get("k")).hasValue(value);

        assertThat(bytes.get()).isEqualTo(12345);
    }

    @Test
    void shouldStartOverWhenAnotherObjectIsUnderTheKeyMeanwhile() {
        scripted.store("k", (int) Wave.MAX_BYTES + 12345, 1);
        byte[] newer = Values.of("k", 2, 3000);
        master.nodes.next(first, (nodes, transfer, deadline) -> nodes.copy(transfer));
        master.nodes.next(first, (nodes, transfer, deadline) -> {
            master.store("k", newer, Checksum.of(ByteBuffer.wrap(newer)), 1);
            FakeNodes.TOKEN_REFUSED.run(nodes, transfer, deadline);
        });

        assertThat(client.get("k")).hasValue(newer);
    }

    @Test
    void shouldStartOverWhenTheRenewalSaysThatTheObjectChanged() {
        master.leaseMs = 300;
        scripted.store("k", (int) Wave.MAX_BYTES + 12345, 1);
        byte[] newer = Values.of("k", 2, 3000);
        master.nodes.next(first, (nodes, transfer, deadline) -> {
            nodes.copy(transfer);
            master.store("k", newer, Checksum.of(ByteBuffer.wrap(newer)), 1);
            await().until(() -> !master.received(Method.RENEW_LEASE).isEmpty());
        });

        assertThat(client.get("k")).hasValue(newer);
    }
}
