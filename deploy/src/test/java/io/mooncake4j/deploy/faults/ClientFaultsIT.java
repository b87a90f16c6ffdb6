package io.mooncake4j.deploy.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.Load;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.deploy.soak.ChildProcess;
import io.mooncake4j.master.placement.Puts;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients, as processes, that die and freeze in the middle of a put, while 8 writers and 8 readers want their memory. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ClientFaultsIT {
    private static final int BYTES = 100_000;
    private static final ClusterPlan ONE_NODE = ClusterPlan.DEFAULT
            .withNodes(1, 8 << 20, 8 << 20)
            .withLease(Duration.ofMillis(200))
            .withGrant(Duration.ofSeconds(2), Duration.ofMillis(500), Duration.ofSeconds(20));

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    @ParameterizedTest(name = "checksums {0}")
    @ValueSource(booleans = {true, false})
    void shouldPutTheSameKeysAnewWhenTheirWritersAreKilledBeforePutEnd(boolean checksums) {
        cluster.startWithNodeProcesses(ONE_NODE);
        Load load = cluster.load(Load.Shape.of(checksums));
        load.awaitProgress(300, 300);
        List<String> steps = List.of("granted", "half", "placed");
        List<ChildProcess> victims = steps.stream()
                .map(step -> cluster.writerProcess("victim/" + step, BYTES, step))
                .toList();
        for (int i = 0; i < steps.size(); i++) {
            victims.get(i).awaitLine(steps.get(i));
            victims.get(i).kill();
        }
        MooncakeClient client = cluster.client(checksums);
        for (String step : steps) {
            String key = "victim/" + step;
            byte[] other = VersionedValue.of(key, 2, BYTES);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> client.putBatch(List.of(KvEntry.of(key, other)))
                            .get(0)
                            .succeeded());
            client.get(key).ifPresent(bytes -> assertThat(bytes).isEqualTo(other));
        }
        await().until(() -> cluster.master().quarantinedBytes() == 0);
        cluster.master().awaitTurnover(1);
        load.stop().assertRight();
    }

    @ParameterizedTest(name = "checksums {0}")
    @ValueSource(booleans = {true, false})
    void shouldCutFrozenWriterBeforeItsMemoryIsReusedWhenItsGrantLapses(boolean checksums) {
        cluster.startWithNodeProcesses(ONE_NODE);
        Load load = cluster.load(Load.Shape.of(checksums));
        load.awaitProgress(300, 300);
        ChildProcess victim = cluster.writerProcess("victim", BYTES, "half");
        long grant = Long.parseLong(victim.awaitLine("half"));
        victim.freeze();
        assertThat(victim.lastLine("wrote")).isEmpty();
        victim.say("go on");
        await().until(() -> cluster.master().fate("victim", grant) == Puts.Fate.NEVER); // it has lapsed
        await().until(() -> cluster.master().quarantinedBytes() == 0);
        assertThat(cluster.master().sessionsCut()).isPositive();
        cluster.master().awaitTurnover(2); // its memory is somebody else's now
        assertThat(victim.lastLine("wrote")).isEmpty();
        victim.thaw();
        assertThat(victim.awaitLine("wrote")).doesNotContain("OK");
        assertThat(victim.awaitLine("ended")).isNotEqualTo("OK");
        cluster.master().awaitTurnover(1);
        load.stop().assertRight();
        assertThat(cluster.client(checksums).get("victim")).isEmpty();
    }
}
