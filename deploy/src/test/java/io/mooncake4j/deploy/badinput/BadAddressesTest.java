package io.mooncake4j.deploy.badinput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.deploy.cluster.MasterView;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.master.service.MasterOptions;
import io.mooncake4j.master.service.MasterServer;
import io.mooncake4j.node.NodeOptions;
import io.mooncake4j.node.StorageNode;
import io.mooncake4j.transfer.memory.MemoryKind;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.MountSegmentRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses of every kind, good and bad. */
class BadAddressesTest {
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final Duration DNS = Duration.ofSeconds(100);

    private static MooncakeClient client(String masters, Duration timeout) {
        return MooncakeClient.builder()
                .masters(masters)
                .operationTimeout(timeout)
                .localBufferBytes(1 << 20)
                .build();
    }

    /** How long DNS takes to say so is up to the machine: until then a call only says that there is no connection yet. */
    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void shouldNameTheHostWhenTheMastersDoesNotResolve() {
        try (MooncakeClient client = client("nowhere.invalid:50051", Duration.ofMillis(500))) {
            await().atMost(DNS)
                    .untilAsserted(() -> assertThatThrownBy(() -> client.get("k"))
                            .isInstanceOfSatisfying(StoreException.class, e -> {
                                assertThat(e.code()).isIn(ErrorCode.RPC_FAIL, ErrorCode.RPC_TIMEOUT);
                                assertThat(e.reason())
                                        .contains("nowhere.invalid")
                                        .contains("unknown");
                            }));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "host", "::1:5", "[::1]", "[host]:1", "a:0", "a:65536", "a:b", "a b:1", "a:1,,b:2", "[::1:1"
            })
    void shouldNameThePartWhenAnAddressIsMalformed(String masters) {
        assertThatThrownBy(() -> client(masters, SHORT)).isInstanceOfSatisfying(StoreException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMS);
            assertThat(e.reason()).contains("is not an address");
        });
    }

    @Test
    void shouldNameTheNodeWhenItsHostDoesNotResolve() {
        try (MasterServer master = MasterServer.start(MasterOptions.defaults().withAddress("127.0.0.1", 0));
                MasterCalls calls = new MasterCalls("127.0.0.1:" + master.port());
                MooncakeClient client = client("127.0.0.1:" + master.port(), SHORT)) {
            calls.call(
                    Method.MOUNT_SEGMENT,
                    MountSegmentRequest.newBuilder()
                            .setSegment(Ids.toProto(UUID.randomUUID()))
                            .setName("lost")
                            .setHost("nowhere.invalid")
                            .setDataPort(50_052)
                            .setSizeBytes(1 << 20)
                            .setRegionBytes(1 << 20)
                            .build());
            assertThatThrownBy(() -> client.put("k", new byte[100])).isInstanceOfSatisfying(StoreException.class, e -> {
                assertThat(e.retryable()).isTrue();
                assertThat(e.reason()).contains("nowhere.invalid:50052");
            });
            MasterView view = new MasterView(master.core());
            await("the grant given back, which the put's end doesn't wait for").until(() -> view.openGrants() == 0);
        }
    }

    /** With the names that masters and nodes give themselves, too. */
    @Test
    void shouldServeWhenEverybodyIsOnIpv6() throws IOException {
        InetAddress loopback = InetAddress.getByName("::1");
        assumeTrue(NetworkInterface.getByInetAddress(loopback) != null, "no interface has the address ::1");
        for (String host : new String[] {"::1", "[::1]", ""}) {
            try (MasterServer master =
                    MasterServer.start(MasterOptions.defaults().withAddress("::1", 0))) {
                String masters = "[::1]:" + master.port();
                int dataPort; // found when nobody else binds one any more
                try (ServerSocket free = new ServerSocket(0, 1, loopback)) {
                    dataPort = free.getLocalPort();
                }
                StorageNode node = StorageNode.start(NodeOptions.builder()
                        .masters(masters)
                        .host(host)
                        .dataPort(dataPort)
                        .segmentBytes(4 << 20)
                        .memory(MemoryKind.anonymous())
                        .build());
                try (MooncakeClient client = client(masters, Duration.ofSeconds(20))) {
                    TestCluster.awaitMounted(node);
                    byte[] value = VersionedValue.of("k", 1, 1 << 20);
                    assertThat(client.put("k", value).status()).isEqualTo(PutResult.Status.STORED);
                    assertThat(client.get("k")).contains(value);
                } finally {
                    node.close();
                }
            }
        }
    }
}
