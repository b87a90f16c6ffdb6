package io.mooncake4j.deploy.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.Load;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two clients that put the same keys at once, each in its own order: neither may wait for the other while it holds. */
class OppositeOrdersTest {
    private static final int ROUNDS = 150;

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    @ParameterizedTest(name = "checksums {0}")
    @ValueSource(booleans = {true, false})
    void shouldStoreEveryKeyOnceWhenTwoClientsPutThemInOppositeOrders(boolean checksums) {
        cluster.start(ClusterPlan.DEFAULT.withLease(Duration.ofMillis(100)));
        Load load = cluster.load(Load.Shape.of(checksums));
        MooncakeClient one = cluster.client(checksums);
        MooncakeClient other = cluster.client(checksums);
        for (int round = 0; round < ROUNDS; round++) {
            String a = "a/" + round;
            String b = "b/" + round;
            CompletableFuture<List<PutResult>> ones = one.putBatchAsync(entries(1, a, b));
            CompletableFuture<List<PutResult>> others = other.putBatchAsync(entries(2, b, a));
            List<PutResult> results = new ArrayList<>(ones.join());
            results.addAll(others.join());
            assertThat(results).as("round " + round).allMatch(PutResult::succeeded);
            assertThat(results.stream().filter(result -> result.status() == PutResult.Status.STORED))
                    .hasSizeGreaterThanOrEqualTo(2);
            for (String key : List.of(a, b)) {
                one.get(key)
                        .ifPresent(bytes -> assertThat(VersionedValue.objection(key, ByteBuffer.wrap(bytes)))
                                .isEmpty());
            }
        }
        load.awaitProgress(100, 100);
        load.stop().assertRight();
    }

    private static List<KvEntry> entries(int version, String... keys) {
        List<KvEntry> entries = new ArrayList<>();
        for (String key : keys) {
            entries.add(KvEntry.of(key, VersionedValue.of(key, version, 30_000)));
        }
        return entries;
    }
}
