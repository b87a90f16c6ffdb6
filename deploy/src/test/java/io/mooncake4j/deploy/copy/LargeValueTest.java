package io.mooncake4j.deploy.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class LargeValueTest {
    private static final int BYTES = 3_000_000;

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    @TempDir
    Path directory;

    private MooncakeClient client;

    @BeforeEach
    void start() {
        cluster.start(ClusterPlan.DEFAULT);
        client = cluster.client(true);
        client.put("key", VersionedValue.of("key", 1, BYTES));
    }

    private Path file() {
        return directory.resolve("file");
    }

    private OptionalLong get(String key, long roomBytes) throws IOException {
        try (FileChannel file = FileChannel.open(
                file(), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return LargeValue.get(client, key, roomBytes, file);
        }
    }

    @Test
    void shouldKeepOnlyTheValuesBytesWhenItIsSmallerThanExpected() throws IOException {
        assertThat(get("key", BYTES + 5000)).isEqualTo(OptionalLong.of(BYTES));
        assertThat(Files.readAllBytes(file())).isEqualTo(VersionedValue.of("key", 1, BYTES));
    }

    @Test
    void shouldSayThatTheRoomIsTooSmallWhenItIsLargerThanExpected() {
        assertThatThrownBy(() -> get("key", BYTES - 1))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUFFER_OVERFLOW));
    }

    @Test
    void shouldFindNothingWhenTheKeyIsGone() throws IOException {
        assertThat(get("nothing", BYTES)).isEmpty();
    }
}
