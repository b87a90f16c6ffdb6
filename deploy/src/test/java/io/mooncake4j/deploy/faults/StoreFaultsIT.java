package io.mooncake4j.deploy.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.Load;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.soak.ChildProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that is full, and masters that die and freeze, while 8 writers and 8 readers use it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class StoreFaultsIT {
    private static final Duration OPERATION = Duration.ofSeconds(2);
    private static final ClusterPlan PLAN = ClusterPlan.DEFAULT.withLease(Duration.ofMillis(300));

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    private Load load(Load.Shape shape) {
        return cluster.load(
                shape,
                cluster.build(cluster.clientBuilder(shape.checksums()).operationTimeout(OPERATION)),
                cluster.build(cluster.clientBuilder(shape.checksums()).operationTimeout(OPERATION)));
    }

    @ParameterizedTest(name = "checksums {0}")
    @ValueSource(booleans = {true, false})
    void shouldRefusePutsAndGoOnReadingWhenStoreIsFullFor30Seconds(boolean checksums) {
        cluster.startWithNodeProcesses(PLAN);
        Load load = load(Load.Shape.of(checksums).withKept());
        load.faultBegins();
        await().atMost(Duration.ofSeconds(30)).until(() -> load.tally().refusedAsFull() > 0);
        long untilNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (System.nanoTime() - untilNanos < 0) {
            long refused = load.tally().refusedAsFull();
            load.awaitProgress(0, 300);
            await().atMost(Duration.ofSeconds(10)).until(() -> load.tally().refusedAsFull() > refused);
        }
        MooncakeClient client = cluster.client(checksums);
        assertThat(client.removeAll()).isPositive();
        load.awaitProgress(100, 100); // what is kept soon fills it again
        load.stop().assertRight();
        assertThat(load.tally().refusedAsFull()).isEqualTo(load.tally().failures());
    }

    @ParameterizedTest(name = "checksums {0}")
    @ValueSource(booleans = {true, false})
    void shouldGoOnWithEmptyNodesWhenMasterIsKilledAndAnotherOneComes(boolean checksums) {
        List<ChildProcess> processes = cluster.startAsProcesses(PLAN);
        List<ChildProcess> nodes = processes.subList(1, processes.size());
        List<String> before =
                nodes.stream().map(node -> node.awaitLine("mounted")).toList();
        Load load = load(Load.Shape.of(checksums));
        load.awaitProgress(500, 500);
        load.faultBegins();
        processes.get(0).kill();
        long failures = load.tally().failures();
        await().atMost(Duration.ofSeconds(20)).until(() -> load.tally().failures() > failures);
        cluster.masterProcess();
        for (int i = 0; i < nodes.size(); i++) {
            ChildProcess node = nodes.get(i);
            String old = before.get(i);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !node.lastLine("mounted").equals(old));
        }
        load.faultHealed(PLAN.recovery());
        load.awaitProgress(500, 500);
        load.stop().assertRight();
    }

    @ParameterizedTest(name = "checksums {0}")
    @ValueSource(booleans = {true, false})
    void shouldLoseNoCallWhenMasterFreezesForLessThanTheirDeadlines(boolean checksums) {
        List<ChildProcess> processes = cluster.startAsProcesses(PLAN);
        Load load = cluster.load(Load.Shape.of(checksums), patient(checksums), patient(checksums));
        load.awaitProgress(300, 300);
        processes.get(0).freeze();
        long thawNanos = System.nanoTime() + Duration.ofSeconds(4).toNanos();
        await().atMost(Duration.ofSeconds(20)).until(() -> System.nanoTime() - thawNanos >= 0);
        processes.get(0).thaw();
        load.awaitProgress(500, 500);
        load.stop().assertRight();
    }

    private MooncakeClient patient(boolean checksums) {
        return cluster.build(cluster.clientBuilder(checksums)
                .operationTimeout(Duration.ofSeconds(20))
                .requestTimeout(Duration.ofMillis(500)));
    }
}
