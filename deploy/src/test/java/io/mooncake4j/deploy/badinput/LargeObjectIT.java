package io.mooncake4j.deploy.badinput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.load.ValuePattern;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An object whose length is no int, and not even an unsigned one. */
class LargeObjectIT {
    private static final int PART_BYTES = 512 << 20;
    private static final int PARTS = 8;
    private static final int REST_BYTES = 4099;
    private static final long OBJECT_BYTES = (long) PARTS * PART_BYTES + REST_BYTES;
    private static final long SEGMENT_BYTES = OBJECT_BYTES + (64 << 20) & -64;
    /** Segment, source and target, and some air for others. */
    private static final long NEEDED_BYTES = 2 * SEGMENT_BYTES + PART_BYTES + (2L << 30);

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    private static long availableBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/meminfo")).stream()
                .filter(line -> line.startsWith("MemAvailable:"))
                .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]) << 10)
                .findFirst()
                .orElse(0);
    }

    @Test
    void shouldReturnEveryByteWhenAnObjectIsOverFourGibibytes() throws IOException {
        long freeBytes = Math.min(
                availableBytes(), Files.getFileStore(Path.of("/dev/shm")).getUsableSpace());
        assumeTrue(
                freeBytes >= NEEDED_BYTES,
                "needs " + (NEEDED_BYTES >> 20) + " MiB of free memory, in /dev/shm; there are " + (freeBytes >> 20));
        cluster.start(ClusterPlan.DEFAULT
                .withNodes(1, SEGMENT_BYTES, 1 << 30)
                .withMaster(options -> options.withWatermarks(1, 0.5))); // else it would be evicted ahead of need
        MooncakeClient client = cluster.build(cluster.clientBuilder(true).operationTimeout(Duration.ofMinutes(2)));
        ByteBuffer[] source = mapped("source", PART_BYTES + PARTS * 64, false);
        ByteBuffer[] target = mapped("target", OBJECT_BYTES, true);

        assertThat(client.put("large", source).status()).isEqualTo(PutResult.Status.STORED);
        assertThat(client.size("large")).isEqualTo(OptionalLong.of(OBJECT_BYTES));
        assertThat(client.getInto("large", target)).isEqualTo(OptionalLong.of(OBJECT_BYTES));

        for (int i = 0; i <= PARTS; i++) {
            assertThat(target[i].mismatch(source[i])).as("part " + i).isEqualTo(-1);
        }
    }

    /** Parts that lie one behind the other, or, to save memory, each a cache line behind the one before. */
    private ByteBuffer[] mapped(String name, long bytes, boolean apart) throws IOException {
        ByteBuffer[] parts = new ByteBuffer[PARTS + 1];
        try (FileChannel file = FileChannel.open(
                cluster.memoryDirectory().resolve(name),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            ByteBuffer all = apart ? ByteBuffer.allocate(0) : file.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
            ValuePattern.of("large", 1, all.capacity()).fill(all, 0);
            for (int i = 0; i <= PARTS; i++) {
                int length = i < PARTS ? PART_BYTES : REST_BYTES;
                parts[i] = apart
                        ? file.map(FileChannel.MapMode.READ_WRITE, (long) i * PART_BYTES, length)
                        : all.slice(i * 64 % (all.capacity() - length), length);
            }
        }
        return parts;
    }
}
