package io.mooncake4j.deploy.badinput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.KvBuffer;
import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutOptions;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.deploy.cluster.MasterView;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.transfer.tcp.TcpTransportOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** A store that is the same after bad input as it was before: it serves, lost nothing, and keeps nothing. */
final class Unharmed {
    /** What it has in use. */
    private record InUse(long objects, long usedBytes, long openGrants, long quarantinedBytes) {}

    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(15);
    private static final int POOL_BYTES = 16 << 20;
    private static final String KEPT = "kept";
    private static final int BYTES = 100_000;
    private static final AtomicInteger VERSION = new AtomicInteger();

    private final TestCluster cluster;
    private final MooncakeClient client;
    private final InUse before;

    /** The cluster's leases are short, so that memory is free soon after a read. */
    Unharmed(TestCluster cluster) {
        this.cluster = cluster;
        this.client = cluster.client(true);
        put(KEPT, 1, PutOptions.DEFAULT.withHardPin(true));
        putAndGet();
        await().atMost(SETTLED_WITHIN).until(this::settled);
        this.before = inUse();
    }

    /** A client in good standing, with checksums. */
    MooncakeClient client() {
        return client;
    }

    void check() {
        assertRight(KEPT);
        putAndGet();
        client.lease(POOL_BYTES).close(); // all of it: nothing of it is kept
        await().atMost(SETTLED_WITHIN).untilAsserted(() -> {
            assertThat(inUse()).as("in use").isEqualTo(before);
            assertThat(dataConnections()).as("connections at nodes").isLessThanOrEqualTo(mostConnections());
        });
    }

    private void putAndGet() {
        int version = VERSION.incrementAndGet();
        String key = "good/" + version;
        put(key, version, PutOptions.DEFAULT);
        assertRight(key);
        assertThat(client.remove(key)).isTrue();
    }

    private void put(String key, int version, PutOptions options) {
        try (KvBuffer buffer = client.lease(BYTES)) {
            VersionedValue.fill(key, version, buffer.byteBuffer());
            assertThat(client.put(KvEntry.of(key, buffer), options).status()).isEqualTo(PutResult.Status.STORED);
        }
    }

    private void assertRight(String key) {
        assertThat(client.get(key))
                .hasValueSatisfying(got -> assertThat(VersionedValue.objection(key, ByteBuffer.wrap(got)))
                        .isEmpty());
    }

    /** Nothing is on its way to be free any more. */
    private boolean settled() {
        InUse now = inUse();
        return now.objects() == 1
                && now.openGrants() == 0
                && now.quarantinedBytes() == 0
                && cluster.master().segments().stream().allMatch(segment -> segment.heldOffBytes() == 0);
    }

    private InUse inUse() {
        MasterView master = cluster.master();
        return new InUse(master.objects(), master.usedBytes(), master.openGrants(), master.quarantinedBytes());
    }

    /** What the one client that is left may have in its pool. */
    private int mostConnections() {
        return TcpTransportOptions.DEFAULT.connectionsPerPeer()
                * cluster.master().segments().size();
    }

    /** The nodes' threads that serve one connection each. */
    private static long dataConnections() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("data-\\d+"))
                .count();
    }
}
