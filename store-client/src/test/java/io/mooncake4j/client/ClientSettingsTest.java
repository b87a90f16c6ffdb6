package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.transfer.wire.StoreException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClientSettingsTest {
    @Test
    void shouldReadMooncakesNames() {
        try (ScriptedMaster master = new ScriptedMaster(1)) {
            Map<String, String> environment = Map.of(
                    "MOONCAKE_MASTER", master.address(),
                    "MOONCAKE_TENANT_ID", "me",
                    "MOONCAKE_STORE_CHECKSUM", "0",
                    "MOONCAKE_LOCAL_BUFFER_SIZE", "8KB",
                    "MC_RPC_TIMEOUT_MS", "250",
                    "MC_RPC_CONNECT_TIMEOUT_MS", "100",
                    "MC_TCP_LANES_PER_PEER", "2",
                    "MOONCAKE_PROTOCOL", "rdma");
            try (MooncakeClient client = ClientSettings.builder(environment)
                    .transports(java.util.List.of(master.nodes))
                    .build()) {
                client.put("k", new byte[] {1});

                assertThat(master.object("k").checksum()).isZero();
                assertThat(client.lease(8 << 10).sizeBytes()).isEqualTo(8 << 10);
                assertThatThrownBy(() -> client.lease((8 << 10) + 1)).isInstanceOf(StoreException.class);
            }
        }
    }

    @Test
    void shouldNameWhatHasNoEffect() {
        Map<String, String> environment = Map.of(
                "MOONCAKE_MASTER", "127.0.0.1:1",
                "MC_GID_INDEX", "1",
                "MOONCAKE_GLOBAL_SEGMENT_SIZE", "1GB",
                "MOONCAKE4J_SEGMENT_SIZE", "1GB",
                "PATH", "/bin");

        assertThat(ClientSettings.withoutEffect(environment))
                .containsExactly("MC_GID_INDEX", "MOONCAKE_GLOBAL_SEGMENT_SIZE");
    }

    @Test
    void shouldRefuseAnEnvironmentWithoutAMasterOrWithWrongValues() {
        assertThatThrownBy(() -> ClientSettings.builder(Map.of()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("MOONCAKE_MASTER");
        assertThatThrownBy(() ->
                        ClientSettings.builder(Map.of("MOONCAKE_MASTER", "h:1", "MOONCAKE_LOCAL_BUFFER_SIZE", "50%")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("MOONCAKE_LOCAL_BUFFER_SIZE");
        assertThatThrownBy(() -> ClientSettings.builder(Map.of("MOONCAKE_MASTER", "h:1", "MOONCAKE_PROTOCOL", "efa")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("MOONCAKE_PROTOCOL");
    }
}
