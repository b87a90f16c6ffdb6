package io.mooncake4j.deploy.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.ClientSeams;
import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutOptions;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.Stall;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.transfer.wire.AccessToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Memory that changed under the store's feet: checksums see it, and the replica goes. */
class CorruptReplicaTest {
    private static final int BYTES = 256 << 10;
    private static final PutOptions TWICE = PutOptions.DEFAULT.withReplicaNum(2);

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    private final Stall stall = new Stall();

    private static byte[] value(String key) {
        return value(key, BYTES);
    }

    private static byte[] value(String key, int bytes) {
        return VersionedValue.of(key, 1, bytes);
    }

    /** Flips a byte of the object that is the only one on the node, whose segment is as small as the object. */
    private void corrupt(String nodeName, String key, byte[] value) throws IOException {
        try (Stream<Path> files = Files.list(cluster.memoryDirectory())) {
            for (Path file : files.filter(path -> path.getFileName().toString().contains(nodeName))
                    .toList()) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                    ByteBuffer all = ByteBuffer.allocate((int) channel.size());
                    while (all.hasRemaining() && channel.read(all) >= 0) {}
                    int at = indexOf(all.array(), value, 64);
                    if (at >= 0) {
                        channel.write(ByteBuffer.wrap(new byte[] {(byte) ~all.get(at + 20)}), at + 20L);
                        return;
                    }
                }
            }
        }
        throw new AssertionError("the bytes of " + key + " are not in the memory of " + nodeName);
    }

    private static int indexOf(byte[] all, byte[] value, int prefix) {
        for (int at = 0; at + prefix <= all.length; at += 64) {
            if (Arrays.equals(all, at, at + prefix, value, 0, prefix)) {
                return at;
            }
        }
        return -1;
    }

    @Test
    void shouldReadTheOtherReplicaAndDropTheCorruptOneWhenBytesWereChanged() throws IOException {
        cluster.start(
                ClusterPlan.DEFAULT.withNodes(2, BYTES, BYTES).withMaster(options -> options.withWatermarks(1, 0.5)));
        MooncakeClient client = cluster.client(true);
        assertThat(client.put(KvEntry.of("key", value("key")), TWICE).replicas())
                .isEqualTo(2);
        corrupt("node-0", "key", value("key"));
        await().until(() -> {
            assertThat(client.get("key"))
                    .hasValueSatisfying(got -> assertThat(got).isEqualTo(value("key")));
            return segmentsInUse() == 1;
        });
        assertThat(ClientSeams.checksumMismatches(client)).isGreaterThanOrEqualTo(2);
    }

    @Test
    void shouldGiveNoBytesWhenTheOnlyReplicaIsCorrupt() throws IOException {
        cluster.start(ClusterPlan.DEFAULT.withOneSlot(BYTES).withLease(Duration.ofMillis(500)));
        MooncakeClient client = cluster.client(true);
        client.put("key", value("key"));
        corrupt("node-0", "key", value("key"));
        assertThat(client.get("key")).isEmpty();
        assertThat(client.put("key", value("key")).status()).isEqualTo(PutResult.Status.STORED);
        assertThat(client.get("key")).contains(value("key"));
    }

    /**
     * The lease that a reader renews is the object's; it must not prolong what was promised about a dropped replica. It is
     * dropped at once, not after a report and a ping: the reader, who could read the other one, waits for 2.6 s only.
     */
    @Test
    void shouldNotHandOutReusedBytesWhenReplicaIsDroppedUnderSlowReader() throws InterruptedException {
        int large = 32 << 20; // with no more is a reader as patient
        cluster.start(ClusterPlan.DEFAULT
                .withNodes(2, large, large)
                .withMaster(options -> options.withWatermarks(1, 0.5))
                .withLease(Duration.ofMillis(300))
                .withHook(stall));
        MooncakeClient client = cluster.client(true);
        MooncakeClient unchecked = cluster.build(cluster.clientBuilder(false).operationTimeout(Duration.ofSeconds(30)));
        assertThat(client.put(KvEntry.of("key", value("key", large)), TWICE).replicas())
                .isEqualTo(2);
        byte[] other = value("other", large);
        Segment dropped = segment("node-0");
        stall.arm(token -> token.mode() == AccessToken.Mode.READ
                && token.clientId().equals(ClientSeams.clientId(unchecked))
                && token.segmentId().equals(dropped.id()));
        CompletableFuture<Optional<byte[]>> slow = slowRead(unchecked);
        cluster.master().dropReplica("key", dropped);
        assertThat(segmentsInUse()).isEqualTo(1);
        assertThat(client.put("other", other).status()).isEqualTo(PutResult.Status.STORED);
        assertThat(slow).isNotDone();
        stall.release();
        assertThat(slow.join())
                .hasValueSatisfying(got -> assertThat(VersionedValue.objection("key", ByteBuffer.wrap(got)))
                        .isEmpty());
    }

    private CompletableFuture<Optional<byte[]>> slowRead(MooncakeClient client) throws InterruptedException {
        CompletableFuture<Optional<byte[]>> read = client.getAsync("key");
        while (!stall.reached() && !read.isDone()) {
            Thread.onSpinWait();
        }
        return stall.reached() ? read : slowRead(client); // it chose the other replica
    }

    private Segment segment(String name) {
        return cluster.master().segments().stream()
                .filter(segment -> segment.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private long segmentsInUse() {
        return cluster.master().segments().stream()
                .filter(s -> s.usedBytes() > s.heldOffBytes())
                .count();
    }
}
