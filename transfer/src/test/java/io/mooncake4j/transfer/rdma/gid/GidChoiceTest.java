package io.mooncake4j.transfer.rdma.gid;

import static io.mooncake4j.transfer.rdma.gid.GidType.INFINIBAND;
import static io.mooncake4j.transfer.rdma.gid.GidType.IWARP;
import static io.mooncake4j.transfer.rdma.gid.GidType.ROCE_V1;
import static io.mooncake4j.transfer.rdma.gid.GidType.ROCE_V2;
import static io.mooncake4j.transfer.rdma.gid.GidType.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables as they are found on machines. */
class GidChoiceTest {
    private static final String LINK_LOCAL = "fe80:0000:0000:0000:0216:3eff:fe12:3456";
    private static final String GLOBAL = "2408:4004:0000:0001:0000:0000:0000:0007";
    private static final String ZERO = "0000:0000:0000:0000:0000:0000:0000:0000";
    private static final String MAC = "0016:3e12:3456:0000:0000:0000:0000:0000";

    private static GidEntry entry(int index, String gid, GidType type, String netDevice) {
        return new GidEntry(index, Gid.parse(gid), type, netDevice);
    }

    private static String ipv4(int a, int b, int c, int d) {
        return String.format(Locale.ROOT, "0000:0000:0000:0000:0000:ffff:%02x%02x:%02x%02x", a, b, c, d);
    }

    private static GidTable table(GidEntry... entries) {
        return new GidTable("erdma_0", 1, List.of(entries));
    }

    private static GidChoice searched(GidEntry... entries) {
        return GidChoice.of(table(entries), GidChoice.SEARCH);
    }

    private static int chosen(GidEntry... entries) {
        return searched(entries).entry().index();
    }

    private static AbstractThrowableAssert<?, ?> refused(GidTable table, int index) {
        return assertThatThrownBy(() -> GidChoice.of(table, index))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_SUPPORTED))
                .hasMessageContaining("device erdma_0, port 1,");
    }

    @Test
    void shouldTakeTheOneGidThatIsNoIpAddressWhenErdmaIsInStandardMode() {
        GidChoice choice = searched(entry(0, MAC, IWARP, ""));

        assertThat(choice.entry().index()).isZero();
        assertThat(choice.why()).contains("iWARP", "rdma_cm");
    }

    @Test
    void shouldFollowTheAddressWhenItsIndexDiffersByNicInCompatMode() {
        GidEntry first = entry(0, LINK_LOCAL, ROCE_V2, "eth0");

        assertThat(chosen(first, entry(1, ipv4(10, 0, 0, 7), ROCE_V2, "eth0"))).isEqualTo(1);
        assertThat(chosen(
                        first,
                        entry(1, ZERO, UNKNOWN, ""),
                        entry(2, ZERO, UNKNOWN, ""),
                        entry(3, ipv4(10, 0, 1, 7), ROCE_V2, "eth1")))
                .isEqualTo(3);
    }

    @Test
    void shouldTakeTheSecondVersionWhenRoceHasBoth() {
        assertThat(chosen(
                        entry(0, LINK_LOCAL, ROCE_V1, "eth0"),
                        entry(1, LINK_LOCAL, ROCE_V2, "eth0"),
                        entry(2, ipv4(47, 1, 2, 3), ROCE_V1, "eth0"),
                        entry(3, ipv4(47, 1, 2, 3), ROCE_V2, "eth0")))
                .isEqualTo(3);
    }

    @Test
    void shouldPreferWhatRoutersPassWhenThereAreIpv6AddressesOnly() {
        GidChoice choice = searched(entry(0, LINK_LOCAL, ROCE_V2, "eth0"), entry(1, GLOBAL, ROCE_V2, "eth0"));

        assertThat(choice.entry().index()).isEqualTo(1);
        assertThat(choice.why()).isEqualTo("a routable address with a network device");
    }

    @Test
    void shouldMakeDoAndSaySoWhenAllAreLinkLocal() {
        GidChoice choice = searched(entry(1, LINK_LOCAL, ROCE_V2, "eth0"), entry(2, LINK_LOCAL, ROCE_V2, "eth0"));

        assertThat(choice.entry().index()).isEqualTo(1);
        assertThat(choice.why()).contains("for want of a better one", "link-local");
    }

    @ParameterizedTest
    @ValueSource(strings = {"flannel.1", "cni0", "calico12", "vxlan.calico", "docker0", "tunl0"})
    void shouldPreferTheHostsNetworkWhenAnOverlayHasAnAddress(String overlay) {
        GidEntry ofOverlay = entry(0, ipv4(10, 244, 0, 1), ROCE_V2, overlay);

        assertThat(chosen(ofOverlay, entry(5, ipv4(10, 0, 0, 7), ROCE_V2, "eth0")))
                .isEqualTo(5);
        assertThat(chosen(ofOverlay, entry(5, LINK_LOCAL, ROCE_V2, ""))).isZero();
    }

    @Test
    void shouldPreferRoutableThenPrivateThenDegradedWhenAllAreThere() {
        GidEntry other = entry(0, ipv4(172, 16, 0, 1), ROCE_V2, "");
        GidEntry degraded = entry(1, LINK_LOCAL, ROCE_V2, "eth0");
        GidEntry ofPrivate = entry(2, ipv4(100, 64, 0, 1), ROCE_V2, "eth0");
        GidEntry routable = entry(3, ipv4(47, 1, 2, 3), ROCE_V2, "");
        GidEntry best = entry(4, ipv4(192, 168, 0, 1), ROCE_V2, "eth0");

        assertThat(chosen(other, degraded, ofPrivate, routable, best)).isEqualTo(4);
        assertThat(chosen(other, degraded, ofPrivate, routable)).isEqualTo(3);
        assertThat(chosen(other, degraded, ofPrivate)).isEqualTo(2);
        assertThat(chosen(other, degraded)).isEqualTo(1);
        assertThat(chosen(other)).isZero();
    }

    @Test
    void shouldTakeTheFirstWhenDeviceIsOfInfiniband() {
        assertThat(chosen(
                        entry(0, "fe80:0000:0000:0000:b859:9f03:00d4:5a1e", INFINIBAND, ""),
                        entry(1, "fe80:0000:0000:0000:b859:9f03:00d4:5a1f", INFINIBAND, "")))
                .isZero();
    }

    @Test
    void shouldNameDeviceAndWhatIsMissingWhenTableIsEmpty() {
        refused(table(), GidChoice.SEARCH).hasMessageContaining("has no GID: its network device is down");
        refused(table(), 3).hasMessageContaining("has no GID 3, which MC_GID_INDEX names; it has: none");
    }

    @Test
    void shouldFindNothingWhenAThousandEntriesAreZero() {
        GidTable zeros = new GidTable(
                "erdma_0",
                1,
                IntStream.range(0, 1024)
                        .mapToObj(i -> entry(i, ZERO, UNKNOWN, ""))
                        .toList());

        refused(zeros, GidChoice.SEARCH).hasMessageContaining("has no GID:");
        refused(zeros, 1023).hasMessageContaining("has no GID 1023");
    }

    @Test
    void shouldListCandidatesToSetByHandWhenNoneCanBeChosen() {
        GidTable old = table(entry(0, LINK_LOCAL, ROCE_V1, "eth0"), entry(2, ipv4(10, 0, 0, 7), ROCE_V1, "eth0"));

        refused(old, GidChoice.SEARCH)
                .hasMessageContaining("2 (RoCE v1, 10.0.0.7, eth0)")
                .hasMessageContaining("MC_GID_INDEX takes one of these all the same");
        assertThat(GidChoice.of(old, 2).why()).isEqualTo("MC_GID_INDEX names it");
    }

    @Test
    void shouldNameTheValidIndexesWithTypeAndAddressWhenTheIndexIsNotThere() {
        GidTable table = table(
                entry(0, LINK_LOCAL, ROCE_V2, "eth0"), entry(1, ZERO, UNKNOWN, ""), entry(2, GLOBAL, ROCE_V2, ""));

        refused(table, 1)
                .hasMessageContaining("has no GID 1, which MC_GID_INDEX names")
                .hasMessageContaining("it has: 0 (RoCE v2, " + LINK_LOCAL + ", eth0), 2 (RoCE v2, " + GLOBAL + ");")
                .hasMessageContaining("unset MC_GID_INDEX");
    }
}
