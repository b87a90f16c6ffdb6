package io.mooncake4j.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.StoreException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdvertisedHostTest {
    private static final List<HostPort> HERE = HostPort.parseList("127.0.0.1:50051");
    private static final List<HostPort> ELSEWHERE = HostPort.parseList("127.0.0.1:50051,192.0.2.7:50051");
    private static final List<HostPort> UNKNOWN = HostPort.parseList("no-such-host.invalid:50051");

    @Test
    void shouldBeLoopbackWhenTheMasterIs() {
        assertThat(AdvertisedHost.choose("", HERE)).isEqualTo("127.0.0.1");
    }

    @Test
    void shouldBeTheAddressTowardsTheMasterWhenItHasAnother() throws SocketException {
        Optional<InetAddress> own = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .findFirst();
        assumeTrue(own.isPresent(), "this machine has no address but loopback");
        String address = own.get().getHostAddress();

        assertThat(AdvertisedHost.choose("", List.of(new HostPort(address, 50051))))
                .isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "127.3.2.1", "::1", "0.0.0.0"})
    void shouldRefuseWhenClientsElsewhereCantReachIt(String host) {
        assertThatThrownBy(() -> AdvertisedHost.choose(host, ELSEWHERE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("INVALID_PARAMS")
                .hasMessageContaining("--host");
    }

    @Test
    void shouldKeepWhatWasGivenWhenItCanBeReached() {
        assertThat(AdvertisedHost.choose("localhost", HERE)).isEqualTo("localhost");
        assertThat(AdvertisedHost.choose("192.0.2.9", ELSEWHERE)).isEqualTo("192.0.2.9");
        assertThat(AdvertisedHost.choose("node-3.invalid", ELSEWHERE)).isEqualTo("node-3.invalid");
        assertThat(AdvertisedHost.choose("192.0.2.9", UNKNOWN)).isEqualTo("192.0.2.9");
    }

    @Test
    void shouldNameTheFlagsWhenNoMasterIsKnown() {
        assertThatThrownBy(() -> AdvertisedHost.choose("", UNKNOWN))
                .hasMessageContaining("no-such-host.invalid")
                .hasMessageContaining("--master")
                .hasMessageContaining("--host");
    }
}
