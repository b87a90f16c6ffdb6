package io.mooncake4j.transfer.rdma.gid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Linux's files, as a siw and an rxe of Linux 6.1 have them. */
class GidTablesTest {
    @TempDir
    Path devices;

    private void file(String name, String content) throws IOException {
        Path file = devices.resolve("dev0").resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content + "\n");
    }

    @Test
    void shouldReadTypeAddressAndNetDeviceWhenPortSpeaksRoce() throws IOException {
        file("node_type", "1: CA");
        file("ports/1/link_layer", "Ethernet");
        file("ports/1/gids/0", "fe80:0000:0000:0000:a813:8dff:feec:dbd1");
        file("ports/1/gid_attrs/types/0", "IB/RoCE v1");
        file("ports/1/gid_attrs/ndevs/0", "rd1");
        file("ports/1/gids/1", "0000:0000:0000:0000:0000:ffff:0a4d:0101");
        file("ports/1/gid_attrs/types/1", "RoCE v2");
        file("ports/1/gid_attrs/ndevs/1", "rd1");
        file("ports/1/gids/2", "0000:0000:0000:0000:0000:0000:0000:0000");

        GidTable table = GidTables.read(devices, "dev0", 1);

        assertThat(table.entries())
                .hasToString(
                        "[0 (RoCE v1, fe80:0000:0000:0000:a813:8dff:feec:dbd1, rd1), 1 (RoCE v2, 10.77.1.1, rd1)]");
    }

    @Test
    void shouldTellIwarpFromRoceWhenLinuxNamesThemAlike() throws IOException {
        file("node_type", "4: RNIC");
        file("ports/1/link_layer", "Ethernet");
        file("ports/1/gids/0", "3a6b:5b3f:cbe7:0000:0000:0000:0000:0000");
        file("ports/1/gid_attrs/types/0", "IB/RoCE v1");

        GidEntry only = GidTables.read(devices, "dev0", 1).entries().get(0);

        assertThat(only.type()).isEqualTo(GidType.IWARP);
        assertThat(only.netDevice()).isEmpty();
        assertThat(only.gid().firstSixBytes()).isEqualTo("3a:6b:5b:3f:cb:e7");
    }

    @Test
    void shouldTellInfinibandFromRoceWhenLinkLayerSaysSo() throws IOException {
        file("node_type", "1: CA");
        file("ports/2/link_layer", "InfiniBand");
        file("ports/2/gids/0", "fe80:0000:0000:0000:b859:9f03:00d4:5a1e");
        file("ports/2/gid_attrs/types/0", "IB/RoCE v1");

        assertThat(GidTables.read(devices, "dev0", 2).entries().get(0).type()).isEqualTo(GidType.INFINIBAND);
    }

    @Test
    void shouldHaveNoEntriesWhenDeviceIsAway() {
        assertThat(GidTables.read(devices, "dev9", 1).entries()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.7", "fe80::1", "fe80:0000:0000:0000:a813:8dff:feec:zzzz"})
    void shouldRefuseWhatIsNoGid(String text) {
        assertThatThrownBy(() -> Gid.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldTellAddressesApartByTheirRange() {
        assertThat(Gid.parse("0000:0000:0000:0000:0000:ffff:ac1f:ffff")).hasToString("172.31.255.255");
        assertThat(Gid.parse("0000:0000:0000:0000:0000:ffff:ac1f:ffff").isPrivateIpv4())
                .isTrue();
        assertThat(Gid.parse("0000:0000:0000:0000:0000:ffff:ac20:0000").isPrivateIpv4())
                .isFalse();
        assertThat(Gid.parse("0000:0000:0000:0000:0000:ffff:6480:0000").isPrivateIpv4())
                .isFalse();
        assertThat(Gid.parse("febf:0000:0000:0000:0000:0000:0000:0001").isLinkLocal())
                .isTrue();
        assertThat(Gid.parse("fec0:0000:0000:0000:0000:0000:0000:0001").isLinkLocal())
                .isFalse();
    }
}
