package io.mooncake4j.deploy.rdma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutOptions;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.safety.SafetySwitches;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Processes that stop and die in mid-write, where no thread of the node sees the write; and what safety rules are for then:
 * with each, bytes are right, without it wrong. Tests that kill the writer come last, since its start takes long.
 */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WritersOverDevice {
    private static final int SLOT_BYTES = 16 << 20;
    /** So few that siw's TCP sends all of it at once, and not the rest when the delayed beginning is answered. */
    private static final int LAST_BYTES = 4 << 10;
    /** Longer than it takes from the end of a put to the end of a get. */
    private static final Duration DELAY = Duration.ofSeconds(5);
    /** For a put that takes at least the delay, and is late with all it does where processors are few. */
    private static final Duration PATIENT = Duration.ofSeconds(60);

    private static final TestDevice DEVICE = TestDevice.underTest();
    private static Writer writer;

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    private final ClusterPlan plan = ClusterPlan.DEFAULT
            .withNetwork(DEVICE.nodes())
            .withLease(Duration.ofMillis(300))
            .withGrant(Duration.ofSeconds(3), Duration.ofMillis(300), Duration.ofSeconds(60));

    @BeforeAll
    static void start() {
        writer = new Writer(DEVICE);
        writer.prepare();
    }

    @AfterAll
    static void stop() {
        writer.close();
    }

    @Order(1)
    @ParameterizedTest(name = "enforced {0}")
    @ValueSource(booleans = {true, false})
    void shouldHandOutOtherBytesOnlyWhenQueuePairsOfAStoppedWriterAreNotCut(boolean enforced) {
        cluster.start(plan.withOneSlot(SLOT_BYTES).withNodeRules(rules(enforced, SafetyRule.SESSION_CUT)));
        MooncakeClient client = cluster.client(false);
        writer.connect(cluster, true);
        try (SlotWatch slot = new SlotWatch(cluster, SLOT_BYTES)) {
            long version = slot.freezeInMidWrite(writer, client::remove);
            long runsBefore = writer.runs();
            awaitItsMemoryFree();
            byte[] next = VersionedValue.of("new", 1, SLOT_BYTES);
            PutResult put = client.put(KvEntry.of("new", next), PutOptions.DEFAULT.withHardPin(true));
            assertThat(put.status()).isEqualTo(PutResult.Status.STORED);
            writer.process().thaw();
            await().until(() -> writer.runs() > runsBefore);
            String end = writer.run(runsBefore); // others may have followed
            byte[] seen = client.get("new").orElseThrow();
            if (enforced) {
                assertThat(end).startsWith("rdma ").doesNotContain("DONE");
                assertRight("new", seen);
            } else {
                byte[] late = VersionedValue.of(SlotWatch.key(version), version, SLOT_BYTES);
                assertThat(end).isEqualTo("rdma [DONE]");
                assertThat(seen).as("what was put").isNotEqualTo(next);
                assertThat(slot.holds(late, SLOT_BYTES - Long.BYTES)).isTrue();
            }
            assertThat(client.remove("new")).isTrue(); // makes room for its next try
            assertThat(writer.process().awaitLine(SlotWatch.key(version))).startsWith("STORED");
            assertRight(
                    SlotWatch.key(version), client.get(SlotWatch.key(version)).orElseThrow());
        }
    }

    @Order(2)
    @Test
    void shouldGiveMemoryToOthersWhoseBytesStayRightWhenWriterIsKilledInMidTransfer() throws Exception {
        cluster.start(plan.withOneSlot(SLOT_BYTES).withNodes(1, 2 * SLOT_BYTES, SLOT_BYTES));
        try (Bystander other = new Bystander(cluster, DEVICE, 4 * SLOT_BYTES);
                SlotWatch slot = SlotWatch.besideOthers(cluster, SLOT_BYTES)) {
            other.awaitAllRight();
            long queuePairs = DEVICE.queuePairsOfThisProcess(); // the node's and the other client's
            long version = slot.killInMidWrite(writer, () -> writer.connect(cluster, true), other.client()::remove);
            writer.prepare(); // for the next test
            await().until(() -> DEVICE.queuePairsOfThisProcess() == queuePairs);
            awaitItsMemoryFree();
            PutResult put = other.client().put("new", VersionedValue.of("new", 1, SLOT_BYTES));
            assertThat(put.status()).as(put.detail()).isEqualTo(PutResult.Status.STORED);
            assertRight("new", other.client().get("new").orElseThrow());
            assertThat(other.client().get(SlotWatch.key(version))).isEmpty();
            other.awaitAllRight();
        }
    }

    private void awaitItsMemoryFree() {
        await().until(() -> cluster.master().grantsLapsed() > 0);
        await().until(() -> cluster.master().quarantinedBytes() == 0);
    }

    @Order(3)
    @ParameterizedTest(name = "enforced {0}")
    @MethodSource("delayed")
    void shouldHandOutOtherBytesOnlyWhenPutEndsBeforeItsBytesArePlacedAndItsClientIsKilled(boolean enforced)
            throws Exception {
        writer.prepare();
        cluster.start(plan.withNodes(1, 8 << 20, 8 << 20).withGrant(PATIENT, Duration.ofSeconds(1), PATIENT));
        MooncakeClient reader = cluster.client(false); // over TCP, which isn't delayed
        assertThat(reader.get("last")).isEmpty();
        writer.connect(cluster, enforced);
        writer.put("first", 1, LAST_BYTES); // so that it is connected
        assertThat(writer.process().awaitLine("first")).startsWith("STORED");
        long runsBefore = writer.runs();
        int port = DEVICE.listeningPort();
        byte[] seen;
        try (AutoCloseable delay = DEVICE.isSiw() ? PortDelay.of(DEVICE.address(), port, DELAY) : () -> {}) {
            writer.put("last", 1, LAST_BYTES);
            assertThat(writer.process().awaitLine("last")).startsWith("STORED");
            assertThat(writer.runs()).as("%s", writer.process()).isEqualTo(runsBefore + 1);
            assertThat(writer.run(runsBefore)).isEqualTo("rdma [DONE]");
            writer.kill();
            seen = reader.get("last").orElseThrow();
        }
        if (enforced) {
            assertRight("last", seen);
        } else {
            assertThat(VersionedValue.objection("last", ByteBuffer.wrap(seen))).isNotEmpty();
        }
    }

    /** RoCE answers a write only when it is placed, so that only iWARP shows what the rule is for. */
    static Stream<Boolean> delayed() {
        return DEVICE.isSiw() ? Stream.of(true, false) : Stream.of(true);
    }

    private static SafetyRules rules(boolean enforced, SafetyRule rule) {
        return enforced ? SafetyRules.ALL : SafetySwitches.allExcept(rule);
    }

    private static void assertRight(String key, byte[] bytes) {
        assertThat(VersionedValue.objection(key, ByteBuffer.wrap(bytes))).isEmpty();
    }
}
