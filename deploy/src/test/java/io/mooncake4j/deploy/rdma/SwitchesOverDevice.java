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
import io.mooncake4j.deploy.soak.ChildProcess;
import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.safety.SafetySwitches;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What safety rules are for where no thread of the node sees a write: with each, bytes are right, without it wrong. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SwitchesOverDevice {
    private static final int SLOT_BYTES = 8 << 20;
    private static final int LAST_BYTES = 64 << 10;
    /** Longer than it takes from the end of a put to the end of a get. */
    private static final Duration DELAY = Duration.ofSeconds(4);

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    private final TestDevice device = TestDevice.underTest();
    private final ClusterPlan plan = ClusterPlan.DEFAULT.withNetwork(device.nodes());

    @ParameterizedTest(name = "enforced {0}")
    @ValueSource(booleans = {true, false})
    void shouldHandOutOtherBytesOnlyWhenQueuePairsOfAStoppedWriterAreNotCut(boolean enforced) {
        cluster.start(plan.withOneSlot(SLOT_BYTES)
                .withLease(Duration.ofMillis(300))
                .withGrant(Duration.ofSeconds(2), Duration.ofMillis(300), Duration.ofSeconds(20))
                .withNodeRules(rules(enforced, SafetyRule.SESSION_CUT)));
        MooncakeClient client = cluster.client(false);
        try (SlotWatch slot = new SlotWatch(cluster, SLOT_BYTES)) {
            ChildProcess writer = writer(true);
            writer.awaitLine("ready");
            long version = slot.freezeInMidWrite(writer, client::remove);
            int triesBefore = (int) writer.printed().lines().filter(l -> l.startsWith("ran ")).count();
            await().until(() -> cluster.master().grantsLapsed() > 0);
            await().until(() -> cluster.master().quarantinedBytes() == 0);
            byte[] next = VersionedValue.of("new", 1, SLOT_BYTES);
            PutResult put = client.put(KvEntry.of("new", next), PutOptions.DEFAULT.withHardPin(true));
            assertThat(put.status()).isEqualTo(PutResult.Status.STORED);
            writer.thaw();
            await().until(() -> writer.printed().lines().filter(l -> l.startsWith("ran ")).count() > triesBefore);
            byte[] seen = client.get("new").orElseThrow();
            if (enforced) {
                assertThat(writer.lastLine("ran")).doesNotContain("DONE");
                assertRight("new", seen);
            } else {
                assertThat(seen).isNotEqualTo(next);
                assertThat(slot.holds(
                                VersionedValue.of(SlotWatch.key(version), version, SLOT_BYTES), SLOT_BYTES - Long.BYTES))
                        .isTrue();
            }
            writer.kill();
        }
    }

    @ParameterizedTest(name = "enforced {0}")
    @MethodSource("delayed")
    void shouldHandOutOtherBytesOnlyWhenPutEndsBeforeItsBytesArePlacedAndItsClientIsKilled(boolean enforced) {
        cluster.start(plan.withNodes(1, 8 << 20, 8 << 20));
        ChildProcess writer = writer(enforced);
        writer.awaitLine("ready");
        writer.say("first 1 " + LAST_BYTES + " 60"); // so that it is connected
        assertThat(writer.awaitLine("first")).startsWith("STORED");
        MooncakeClient reader = cluster.client(false); // over TCP, which isn't delayed
        byte[] seen;
        int port = device.listeningPort(ProcessHandle.current().pid());
        try (AutoCloseable delay = device.isSiw() ? PortDelay.of(device.address(), port, DELAY) : () -> {}) {
            writer.say("last 1 " + LAST_BYTES + " 60");
            assertThat(writer.awaitLine("last")).startsWith("STORED");
            writer.kill();
            seen = reader.get("last").orElseThrow();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        assertThat(writer.printed()).contains("ran rdma [DONE]").doesNotContain("ran tcp");
        if (enforced) {
            assertRight("last", seen);
        } else {
            assertThat(VersionedValue.objection("last", ByteBuffer.wrap(seen))).isNotEmpty();
        }
    }

    /** RoCE answers a write only when it is placed, so that only iWARP shows what the rule is for. */
    static Stream<Boolean> delayed() {
        return TestDevice.underTest().isSiw() ? Stream.of(true, false) : Stream.of(true);
    }

    private ChildProcess writer(boolean flush) {
        return cluster.process("writer", RdmaClientMain.class, cluster.masters(), device.name(), flush);
    }

    private static SafetyRules rules(boolean enforced, SafetyRule rule) {
        return enforced ? SafetyRules.ALL : SafetySwitches.allExcept(rule);
    }

    private static void assertRight(String key, byte[] bytes) {
        assertThat(VersionedValue.objection(key, ByteBuffer.wrap(bytes))).isEmpty();
    }
}
