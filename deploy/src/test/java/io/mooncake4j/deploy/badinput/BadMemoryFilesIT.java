package io.mooncake4j.deploy.badinput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.deploy.soak.ChildProcess;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory files that two nodes want, or that somebody cuts short; {@code SegmentMemoryContentTest} has those with wrong headers. */
class BadMemoryFilesIT {
    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    @Test
    void shouldRefuseTheSecondWhenTwoNodesWantTheSameFile() {
        cluster.startWithNodeProcesses(ClusterPlan.DEFAULT.withNodes(1, 8 << 20, 8 << 20));
        MooncakeClient client = cluster.client(true);
        client.put("k", VersionedValue.of("k", 1, 1000));
        ChildProcess second = cluster.nodeProcess("node-0");
        second.awaitEnd();
        assertThat(second.toString())
                .contains("SEGMENT_ALREADY_EXISTS")
                .contains("node-0.segment is in use by")
                .contains("give this one another --name");
        assertThat(client.get("k")).contains(VersionedValue.of("k", 1, 1000));
    }

    /** Small values are copied out of the mapping by the JVM, large ones by the kernel. */
    @ParameterizedTest(name = "values of {0} bytes")
    @ValueSource(ints = {1000, 1 << 20})
    void shouldLeaveAndSayWhyWhenTheFileIsCutShortUnderTheNode(int bytes) throws IOException {
        ChildProcess node = cluster.startWithNodeProcesses(ClusterPlan.DEFAULT.withNodes(1, 8 << 20, 8 << 20))
                .get(0);
        MooncakeClient client = cluster.client(true);
        MooncakeClient hasty = client.withTimeout(Duration.ofSeconds(1));
        client.put("k", VersionedValue.of("k", 1, bytes));
        cut("node-0", 4096);
        await().until(() -> {
            assertThat(found(hasty)).as("bytes that are lost").isEmpty();
            return cluster.master().segments().isEmpty();
        });
        await("the objects, which go after the segment")
                .until(() -> cluster.master().objects() == 0);
        await().until(() -> node.toString().contains("node-0.segment was cut short to 4096 bytes"));
        assertThat(node.toString()).contains("alive");

        cluster.nodeProcess("node-1").awaitLine("mounted");
        assertThat(client.put("k", VersionedValue.of("k", 2, bytes)).status()).isEqualTo(PutResult.Status.STORED);
        assertThat(client.get("k")).contains(VersionedValue.of("k", 2, bytes));
    }

    private static Optional<byte[]> found(MooncakeClient client) {
        try {
            return client.get("k");
        } catch (StoreException e) {
            assertThat(e.retryable()).as(e.toString()).isTrue();
            return Optional.empty();
        }
    }

    private void cut(String node, long bytes) throws IOException {
        Path file = cluster.memoryDirectory().resolve(node + ".segment");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }
}
