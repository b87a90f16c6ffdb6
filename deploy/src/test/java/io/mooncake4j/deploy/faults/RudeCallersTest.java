package io.mooncake4j.deploy.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.client.KvBuffer;
import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.Load;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers that interrupt their threads and close their clients in the middle of everything. */
class RudeCallersTest {
    private static final int KEYS = 20;
    private static final int BYTES = 150_000;
    /** By then every thread has met its last interrupt. */
    private static final Duration TAKEN_IN = Duration.ofSeconds(1);

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    @ParameterizedTest(name = "checksums {0}")
    @ValueSource(booleans = {true, false})
    void shouldReadRightBytesWhenCallersAreInterrupted(boolean checksums) {
        cluster.start(ClusterPlan.DEFAULT
                .withNodes(2, 3 << 20, 64 << 10)
                .withLease(Duration.ofMillis(100))
                .withGrant(Duration.ofMillis(500), Duration.ofMillis(50), Duration.ofSeconds(30)));
        Load load = cluster.load(Load.Shape.of(checksums));
        load.faultBegins();
        for (int i = 0; i < 300; i++) {
            load.interruptOne();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        load.faultHealed(TAKEN_IN);
        load.awaitProgress(300, 300);
        assertThat(load.stop().assertRight().failures()).isPositive();
    }

    @ParameterizedTest(name = "checksums {0}")
    @ValueSource(booleans = {true, false})
    void shouldReadRightBytesWhenClientsAreClosedInTheMiddle(boolean checksums) {
        cluster.start(ClusterPlan.DEFAULT
                .withNodes(2, 4 << 20, 1 << 20)
                .withLease(Duration.ofMillis(100))
                .withGrant(Duration.ofMillis(500), Duration.ofMillis(50), Duration.ofSeconds(30)));
        Load load = cluster.load(Load.Shape.of(checksums));
        MooncakeClient steady = cluster.client(checksums);
        int found = 0;
        // further ones only where calls are slow, and none had ended when its client was closed
        for (int round = 1; round <= 25 || found == 0; round++) {
            MooncakeClient hasty = cluster.clientBuilder(checksums)
                    .closeTimeout(Duration.ofMillis(1))
                    .localBufferBytes(4 << 20)
                    .build();
            hasty.exists("connected");
            for (int i = 0; i < KEYS; i++) {
                String key = "hasty/" + i;
                try (KvBuffer buffer = hasty.lease(BYTES)) {
                    VersionedValue.fill(key, round, buffer.byteBuffer());
                    hasty.putAsync(KvEntry.of(key, buffer));
                }
                hasty.getAsync(key);
            }
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(TimeUnit.MILLISECONDS.toNanos(20)));
            hasty.close();
            for (int i = 0; i < KEYS; i++) {
                String key = "hasty/" + i;
                var got = steady.get(key);
                if (got.isPresent()) {
                    found++;
                    assertThat(VersionedValue.objection(key, ByteBuffer.wrap(got.get())))
                            .isEmpty();
                    steady.remove(key);
                }
            }
        }
        load.stop().assertRight();
    }
}
