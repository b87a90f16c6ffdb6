package io.mooncake4j.deploy.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutOptions;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.Load;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.deploy.soak.ChildProcess;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.transfer.memory.MemoryKind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes, as processes, that die, freeze and come back, while 8 writers and 8 readers use them. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class NodeFaultsIT {
    private static final Duration OPERATION = Duration.ofSeconds(3);
    private static final int PINNED = 30;

    private static final ClusterPlan THREE_NODES = ClusterPlan.DEFAULT
            .withNodes(3, 4 << 20, 1 << 20)
            .withLease(Duration.ofMillis(300))
            .withGrant(Duration.ofSeconds(2), Duration.ofMillis(300), Duration.ofSeconds(5));

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    private Load load(boolean checksums, int replicas) {
        return cluster.load(
                Load.Shape.of(checksums).withReplicas(replicas),
                cluster.build(cluster.clientBuilder(checksums).operationTimeout(OPERATION)),
                cluster.build(cluster.clientBuilder(checksums).operationTimeout(OPERATION)));
    }

    private void awaitOk(int segments) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> cluster.master().segments().stream()
                                .filter(segment -> segment.state() == Segment.State.OK)
                                .count()
                        == segments);
    }

    @ParameterizedTest(name = "checksums {0}")
    @ValueSource(booleans = {true, false})
    void shouldReadRightBytesWhenNodeIsKilledAndAnotherOneComes(boolean checksums) {
        List<ChildProcess> nodes = cluster.startWithNodeProcesses(
                THREE_NODES.withSilence(Duration.ofMillis(1500), Duration.ofSeconds(3), Duration.ofSeconds(5)));
        Load load = load(checksums, 2);
        load.awaitProgress(300, 300);
        load.faultBegins();
        nodes.get(0).kill();
        load.awaitProgress(300, 300);
        ChildProcess fresh = cluster.nodeProcess("node-new");
        fresh.awaitLine("mounted");
        await().until(() -> cluster.master().segments().size() == 3); // the dead one is dropped
        awaitOk(3);
        load.faultHealed(THREE_NODES.recovery());
        load.awaitProgress(300, 300);
        load.stop().assertRight();
    }

    @ParameterizedTest(name = "checksums {0}, dropped after {1} s")
    @CsvSource({"true, 60", "false, 60", "false, 6"})
    void shouldReadRightBytesWhenNodeFreezesFor15Seconds(boolean checksums, int dropSeconds) {
        List<ChildProcess> nodes = cluster.startWithNodeProcesses(
                THREE_NODES.withSilence(Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(dropSeconds)));
        Load load = load(checksums, 1);
        load.awaitProgress(300, 300);
        load.faultBegins();
        nodes.get(0).freeze();
        long thawNanos = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        load.awaitProgress(300, 300);
        await().atMost(Duration.ofSeconds(20)).until(() -> System.nanoTime() - thawNanos >= 0);
        nodes.get(0).thaw();
        awaitOk(3);
        load.faultHealed(THREE_NODES.recovery());
        load.awaitProgress(300, 300);
        load.stop().assertRight();
    }

    @ParameterizedTest(name = "checksums {0}, killed {1}")
    @CsvSource({"true, false", "false, false", "true, true", "false, true"})
    void shouldFindContentAgainWhenNodeReturnsWarm(boolean checksums, boolean killed) {
        List<ChildProcess> nodes = cluster.startWithNodeProcesses(
                THREE_NODES.withSilence(Duration.ofMillis(1500), Duration.ofSeconds(3), Duration.ofMinutes(1)));
        String segment = nodes.get(0).awaitLine("mounted");
        MooncakeClient client = cluster.client(checksums);
        putPinned(client);
        Load load = load(checksums, 1);
        load.awaitProgress(300, 300);
        load.faultBegins();
        if (killed) {
            nodes.get(0).kill();
        } else {
            nodes.get(0).terminate();
        }
        load.awaitProgress(100, 100);
        assertThat(cluster.nodeProcess("node-0").awaitLine("mounted")).isEqualTo(segment);
        awaitOk(3);
        load.faultHealed(THREE_NODES.recovery());
        for (int i = 0; i < PINNED; i++) {
            assertThat(client.get("pinned/" + i)).isPresent().hasValueSatisfying(rightValue("pinned/" + i));
        }
        load.awaitProgress(300, 300);
        load.stop().assertRight();
    }

    @ParameterizedTest(name = "checksums {0}, memory lost by {1}")
    @CsvSource({"true, ANONYMOUS", "false, ANONYMOUS", "false, DELETED"})
    void shouldComeBackEmptyUnderNewIdWhenNodeHasLostItsMemory(boolean checksums, String how) {
        cluster.startWithNodeProcesses(THREE_NODES
                .withNodes(2, THREE_NODES.segmentBytes(), THREE_NODES.regionBytes())
                .withSilence(Duration.ofMillis(1500), Duration.ofSeconds(3), Duration.ofSeconds(5)));
        MemoryKind memory =
                how.equals("ANONYMOUS") ? MemoryKind.anonymous() : MemoryKind.shm(cluster.memoryDirectory());
        ChildProcess node = cluster.nodeProcess("node-lost", memory);
        String segment = node.awaitLine("mounted");
        MooncakeClient client = cluster.client(checksums);
        putPinned(client);
        Load load = load(checksums, 1);
        load.awaitProgress(300, 300);
        load.faultBegins();
        node.kill();
        if (how.equals("DELETED")) {
            cluster.deleteMemory("node-lost");
        }
        assertThat(cluster.nodeProcess("node-lost", memory).awaitLine("mounted"))
                .isNotEqualTo(segment);
        load.awaitProgress(300, 300);
        await().until(() -> cluster.master().segments().size() == 3); // what it was is dropped
        awaitOk(3);
        load.faultHealed(THREE_NODES.recovery());
        for (int i = 0; i < PINNED; i++) {
            Optional<byte[]> found = client.get("pinned/" + i);
            found.ifPresent(rightValue("pinned/" + i));
        }
        load.awaitProgress(300, 300);
        load.stop().assertRight();
    }

    private static void putPinned(MooncakeClient client) {
        for (int i = 0; i < PINNED; i++) {
            client.put(
                    KvEntry.of("pinned/" + i, VersionedValue.of("pinned/" + i, 1, 20_000)),
                    PutOptions.DEFAULT.withHardPin(true));
        }
    }

    private static Consumer<byte[]> rightValue(String key) {
        return bytes -> assertThat(VersionedValue.objection(key, ByteBuffer.wrap(bytes)))
                .isEmpty();
    }
}
