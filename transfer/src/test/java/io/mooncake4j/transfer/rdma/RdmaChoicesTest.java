package io.mooncake4j.transfer.rdma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.transfer.rdma.verbs.DeviceInfo;
import io.mooncake4j.transfer.rdma.verbs.DeviceLimits;
import io.mooncake4j.transfer.rdma.verbs.FoundDevices;
import io.mooncake4j.transfer.settings.Setting;
import io.mooncake4j.transfer.settings.SettingException;
import io.mooncake4j.transfer.settings.SettingSource;
import io.mooncake4j.transfer.settings.Settings;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which device, how many queue pairs, by what settings. */
class RdmaChoicesTest {
    private static final DeviceLimits LIMITS = new DeviceLimits(100, 8192, 1, 1, 100, 4096, 100, 1, 128, 96, "erdma");

    @Test
    void shouldChooseFirstDeviceThatIsUpWithAnAddressAndAllowed() throws Exception {
        List<DeviceInfo> devices = List.of(
                device("erdma_0", false, "10.0.0.1"),
                device("erdma_1", true),
                device("erdma_2", true, "fd00::1", "10.0.0.3"),
                device("erdma_3", true, "10.0.0.4"));
        assertThat(chosen(devices, List.of())).isEqualTo("erdma_2 10.0.0.3");
        assertThat(chosen(devices, List.of("erdma_3", "erdma_0"))).isEqualTo("erdma_3 10.0.0.4");
        assertThat(chosen(devices, List.of("erdma_0", "erdma_1"))).isEqualTo("none");
        assertThat(DeviceChoice.none(new FoundDevices(devices, List.of("erdma_8 (no access)")), List.of("erdma_9")))
                .contains(
                        "of erdma_9",
                        "erdma_8 (no access)",
                        "erdma_0 (its port is down)",
                        "erdma_1 (without an IPv4 address",
                        ", erdma_3;")
                .contains("--rdma-device");
        assertThat(DeviceChoice.none(new FoundDevices(List.of(), List.of()), List.of()))
                .contains("none");
    }

    @Test
    void shouldRefuseQueuePairsByTypeWhenNoneIsLeft() {
        QueuePairBudget budget = new QueuePairBudget(5);
        assertThat(budget.take(3)).isEqualTo(3);
        assertThat(budget.take(3)).isEqualTo(2);
        assertThatThrownBy(() -> budget.take(1))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED))
                .hasMessageContaining("all 5 queue pairs");
        budget.give(3);
        assertThat(budget.take(9)).isEqualTo(3);
        assertThat(budget.taken()).isEqualTo(5);
    }

    @Test
    void shouldTellClientsWhereToComeByIpv4Only() throws Exception {
        LinkOffer offer = new LinkOffer(new InetSocketAddress("10.1.2.3", 65_535), 2, -5);
        assertThat(LinkOffer.decode(offer.encode())).isEqualTo(offer);
        LinkOffer six = new LinkOffer(new InetSocketAddress("fd00::1", 1), 2, 5);
        assertThatThrownBy(six::encode).hasMessageContaining("IPv4");
        RegionTable table = new RegionTable(new long[] {7, -8}, new long[] {1 << 30, 5}, new int[] {-1, 256});
        RegionTable read = RegionTable.decode(table.encode());
        assertThat(read.addresses()).isEqualTo(table.addresses());
        assertThat(read.lengths()).isEqualTo(table.lengths());
        assertThat(read.keys()).isEqualTo(table.keys());
    }

    @Test
    void shouldReadMooncakesNames() {
        Map<String, String> environment = Map.of(
                "MOONCAKE_PROTOCOL", "rdma",
                "MC_TE_FILTERS", "erdma_1, erdma_0",
                "MC_NUM_QP_PER_EP", "4",
                "MC_SLICE_SIZE", "131072",
                "MC_MAX_WR", "128",
                "MC_MAX_INLINE", "0",
                "MC_RETRY_CNT", "9");
        RdmaOptions options =
                RdmaSettings.client(client(environment), Duration.ofSeconds(3)).orElseThrow();
        assertThat(options)
                .isEqualTo(new RdmaOptions(
                        List.of("erdma_1", "erdma_0"),
                        4,
                        128 << 10,
                        128,
                        0,
                        RdmaOptions.DEFAULT.linksPerPeer(),
                        9,
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(3),
                        0));
        assertThat(node(Map.of("MOONCAKE_PROTOCOL", "rdma", "MOONCAKE_DEVICE", "siw0")))
                .isEqualTo(RdmaOptions.DEFAULT.withDevices(List.of("siw0")));
    }

    @Test
    void shouldHaveTheDefaultsOfTheOptions() {
        assertThat(RdmaSettings.client(client(Map.of("MOONCAKE4J_PROTOCOL", "rdma")), Duration.ofSeconds(2)))
                .contains(RdmaOptions.DEFAULT);
        assertThat(node(Map.of("MOONCAKE4J_PROTOCOL", "rdma"))).isEqualTo(RdmaOptions.DEFAULT);
    }

    @Test
    void shouldUseTcpUnlessAskedForRdmaAndWhenForced() {
        assertThat(RdmaSettings.client(client(Map.of()), Duration.ZERO)).isEmpty();
        Map<String, String> forced = Map.of("MOONCAKE_PROTOCOL", "rdma", "MC_FORCE_TCP", "1");
        assertThat(RdmaSettings.client(client(forced), Duration.ZERO)).isEmpty();
        assertThat(RdmaSettings.node(resolve(RdmaSettings.NODE, forced))).isEmpty();
    }

    @Test
    void shouldRefuseWhatNoDeviceCanDo() {
        for (Map<String, String> wrong : List.of(
                Map.of("MC_SLICE_SIZE", "100"),
                Map.of("MC_SLICE_SIZE", "2GB"),
                Map.of("MC_NUM_QP_PER_EP", "0"),
                Map.of("MC_MAX_WR", "9000"))) {
            assertThatThrownBy(() -> client(wrong))
                    .isInstanceOf(SettingException.class)
                    .hasMessageContaining(wrong.keySet().iterator().next());
        }
    }

    private static String chosen(List<DeviceInfo> devices, List<String> allowed) {
        return DeviceChoice.of(devices, allowed)
                .map(choice -> choice.device().name() + " " + choice.address().getHostAddress())
                .orElse("none");
    }

    private static DeviceInfo device(String name, boolean active, String... addresses) {
        List<InetAddress> all =
                Arrays.stream(addresses).map(RdmaChoicesTest::address).toList();
        return new DeviceInfo(name, "erdma", true, active, all, LIMITS);
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Settings client(Map<String, String> environment) {
        return resolve(RdmaSettings.CLIENT, environment);
    }

    private static RdmaOptions node(Map<String, String> environment) {
        return RdmaSettings.node(resolve(RdmaSettings.NODE, environment)).orElseThrow();
    }

    private static Settings resolve(List<Setting<?>> declared, Map<String, String> environment) {
        return Settings.resolve(declared, List.of(SettingSource.environment(environment)));
    }
}
