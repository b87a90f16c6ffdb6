package io.mooncake4j.deploy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.deploy.cluster.TestDirectory;
import io.mooncake4j.master.service.MasterOptions;
import io.mooncake4j.master.service.MasterServer;
import io.mooncake4j.node.NodeOptions;
import io.mooncake4j.node.OnStop;
import io.mooncake4j.node.StorageNode;
import io.mooncake4j.node.admin.NodeAdminServer;
import io.mooncake4j.transfer.memory.MemoryKind;
import org.junit.jupiter.api.Test;

class NodePagesTest {
    @Test
    void shouldBeHealthyAlwaysAndReadyOnlyWhenALeaderHasTakenItsSegment() {
        int port;
        try (MasterServer master = MasterServer.start(MasterOptions.defaults().withAddress("127.0.0.1", 0))) {
            port = master.port();
        }
        try (TestDirectory directory = new TestDirectory()) {
            try (StorageNode node = StorageNode.start(NodeOptions.builder()
                            .masters("127.0.0.1:" + port)
                            .name("node")
                            .host("127.0.0.1")
                            .dataPort(0)
                            .segmentBytes(1 << 20)
                            .memory(MemoryKind.shm(directory.path()))
                            .onStop(OnStop.LEAVE)
                            .build());
                    NodeAdminServer admin = NodeAdminServer.start(node.bindHost(), 0, node.status(), () -> "metrics")) {
                HttpCaller http = new HttpCaller(admin.port());
                assertThat(node.bindHost()).isEqualTo("127.0.0.1");
                assertThat(http.get("/health").statusCode()).isEqualTo(200);
                assertThat(http.get("/ready").statusCode()).isEqualTo(503);
                assertThat(http.json("/ready")).containsEntry("ready", false);
                assertThat(http.get("/metrics").body()).isEqualTo("metrics");

                try (MasterServer next =
                        MasterServer.start(MasterOptions.defaults().withAddress("127.0.0.1", port))) {
                    await().until(() -> http.get("/ready").statusCode() == 200);
                    assertThat(next.port()).isEqualTo(port);
                    assertThat(http.get("/metrics/summary").body()).contains("ready: true");
                }
            }
        }
    }
}
