package io.mooncake4j.deploy.faults;

import static org.awaitility.Awaitility.await;

import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.Load;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.soak.ChildProcess;
import io.mooncake4j.master.placement.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One fault after the other, with promises so short that all of them are broken all the time. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ChaosIT {
    private static final int FAULTS = 12;
    private static final ClusterPlan PLAN = ClusterPlan.DEFAULT
            .withNodes(3, 3 << 20, 64 << 10)
            .withLease(Duration.ofMillis(150))
            .withGrant(Duration.ofMillis(300), Duration.ofMillis(50), Duration.ofMillis(800))
            .withSilence(Duration.ofMillis(1200), Duration.ofMillis(1600), Duration.ofMillis(2500));

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    @ParameterizedTest(name = "checksums {0}")
    @ValueSource(booleans = {true, false})
    void shouldReadRightBytesWhenNodesNeverRest(boolean checksums) {
        List<ChildProcess> nodes = new ArrayList<>(cluster.startWithNodeProcesses(PLAN));
        Duration hasty = Duration.ofSeconds(2); // not so patient that it outlasts every freeze
        Load load = cluster.load(
                Load.Shape.of(checksums).withKeys(1500, 32 << 10).withReplicas(2),
                cluster.build(cluster.clientBuilder(checksums).operationTimeout(hasty)),
                cluster.build(cluster.clientBuilder(checksums).operationTimeout(hasty)));
        load.awaitProgress(200, 200);
        Random random = new Random();
        load.faultBegins();
        for (int i = 0; i < FAULTS; i++) {
            int victim = random.nextInt(nodes.size());
            ChildProcess node = nodes.get(victim);
            switch (random.nextInt(3)) {
                case 0 -> {
                    node.kill();
                    pauseUpTo(random, 1000);
                    nodes.set(victim, cluster.nodeProcess("node-" + victim));
                }
                case 1 -> {
                    node.terminate();
                    nodes.set(victim, cluster.nodeProcess("node-" + victim));
                }
                default -> {
                    node.freeze();
                    pauseUpTo(random, 4000);
                    node.thaw();
                }
            }
            pauseUpTo(random, 500);
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> cluster.master().segments().stream()
                                .filter(segment -> segment.state() == Segment.State.OK)
                                .count()
                        == nodes.size());
        load.faultHealed(PLAN.recovery().plusSeconds(2)); // cuts, and the slowest of hasty calls
        load.awaitProgress(200, 200);
        load.stop().assertRight();
    }

    private static void pauseUpTo(Random random, int millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(millis)));
    }
}
