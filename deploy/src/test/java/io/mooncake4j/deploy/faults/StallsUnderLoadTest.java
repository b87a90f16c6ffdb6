package io.mooncake4j.deploy.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.ClientSeams;
import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.Load;
import io.mooncake4j.deploy.cluster.Stall;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.wire.AccessToken;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads of nodes that stall at the worst place, while everything is in motion. */
class StallsUnderLoadTest {
    private static final int VICTIM_BYTES = 60_000;
    private static final Duration RECOVERY = Duration.ofSeconds(1);

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    @ParameterizedTest(name = "checksums {0}")
    @ValueSource(booleans = {true, false})
    void shouldKeepExtentWhenCopyStallsAndItsWriterRevokes(boolean checksums) throws InterruptedException {
        Stall stall = new Stall();
        cluster.start(ClusterPlan.DEFAULT
                .withNodes(1, 8 << 20, 8 << 20)
                .withHook(stall)
                .withLease(Duration.ofMillis(100))
                .withGrant(Duration.ofSeconds(10), Duration.ofMillis(200), Duration.ofSeconds(30)));
        Load load = cluster.load(Load.Shape.of(checksums));
        load.awaitProgress(200, 200);
        MooncakeClient victim = cluster.build(cluster.clientBuilder(checksums).operationTimeout(Duration.ofSeconds(4)));
        stall.arm(token ->
                token.mode() == AccessToken.Mode.WRITE && token.clientId().equals(ClientSeams.clientId(victim)));
        CompletableFuture<PutResult> put =
                victim.putAsync(KvEntry.of("victim", VersionedValue.of("victim", 1, VICTIM_BYTES)));
        stall.awaitReached();
        await().until(() -> cluster.master().quarantinedBytes() >= VICTIM_BYTES);
        cluster.master().awaitTurnover(1);
        assertThat(cluster.master().quarantinedBytes()).isGreaterThanOrEqualTo(VICTIM_BYTES);
        put.handle((result, failure) -> result).join(); // a second try of it may have succeeded elsewhere
        stall.release();
        await().until(() -> cluster.master().quarantinedBytes() == 0);
        cluster.master().awaitTurnover(1);
        load.stop().assertRight();
    }

    @ParameterizedTest(name = "checksums {0}")
    @ValueSource(booleans = {true, false})
    void shouldReadRightBytesWhenLeasesAndGrantsAreShorterThanStalls(boolean checksums) {
        Hiccups hiccups = new Hiccups(Duration.ofMillis(200));
        cluster.start(ClusterPlan.DEFAULT
                .withNodes(2, 3 << 20, 64 << 10)
                .withHook(hiccups)
                .withLease(Duration.ofMillis(50))
                .withGrant(Duration.ofMillis(100), Duration.ofMillis(50), Duration.ofSeconds(30)));
        Load load = cluster.load(Load.Shape.of(checksums).withKeys(1000, 128 << 10));
        load.faultBegins();
        load.awaitProgress(1000, 500);
        cluster.master().awaitTurnover(1);
        hiccups.cease();
        load.faultHealed(RECOVERY);
        load.awaitProgress(100, 100);
        load.stop().assertRight();
        assertThat(cluster.master().grantsLapsed()).isPositive();
    }

    @ParameterizedTest(name = "checksums {0}")
    @ValueSource(booleans = {true, false})
    void shouldReadRightBytesWhenDeadlinesAreShorterThanStallsAndReplicasTwo(boolean checksums) {
        Hiccups hiccups = new Hiccups(Duration.ofMillis(400));
        cluster.start(ClusterPlan.DEFAULT
                .withNodes(3, 3 << 20, 64 << 10)
                .withHook(hiccups)
                .withLease(Duration.ofMillis(150))
                .withGrant(Duration.ofSeconds(1), Duration.ofMillis(50), Duration.ofSeconds(30)));
        Duration hasty = Duration.ofMillis(300);
        Load load = cluster.load(
                Load.Shape.of(checksums).withKeys(1000, 128 << 10).withReplicas(2),
                cluster.build(cluster.clientBuilder(checksums).operationTimeout(hasty)),
                cluster.build(cluster.clientBuilder(checksums).operationTimeout(hasty)));
        load.faultBegins(); // who is that hasty may fail at any time
        load.awaitProgress(1000, 500);
        cluster.master().awaitTurnover(1);
        load.stop().assertRight();
        await().until(() -> cluster.master().sessionsCut() > 0);
    }

    /** One access in forty stalls for up to so long, between the check of its token and the copy. */
    private static final class Hiccups implements AccessHook {
        private final long longestNanos;
        private volatile boolean ceased;

        Hiccups(Duration longest) {
            longestNanos = longest.toNanos();
        }

        void cease() {
            ceased = true;
        }

        @Override
        public void checked(AccessToken token, int range, long offset, long length) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            if (!ceased && random.nextInt(40) == 0) {
                LockSupport.parkNanos(random.nextLong(longestNanos));
            }
        }
    }
}
