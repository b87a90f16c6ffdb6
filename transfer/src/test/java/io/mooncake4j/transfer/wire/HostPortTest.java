package io.mooncake4j.transfer.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostPortTest {
    @Property
    void shouldReadBackWhatItWrote(
            @ForAll @AlphaChars @NotEmpty String host, @ForAll @IntRange(min = 1, max = 65535) int port) {
        HostPort address = new HostPort(host, port);
        assertThat(HostPort.parse(address.toString())).isEqualTo(address);
    }

    @Test
    void shouldReadEachWhenSeveralAreGiven() {
        assertThat(HostPort.parseList("a:1, 10.0.0.1:50051,[fd00::1]:65535"))
                .containsExactly(new HostPort("a", 1), new HostPort("10.0.0.1", 50051), new HostPort("fd00::1", 65535))
                .last()
                .hasToString("[fd00::1]:65535");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            host            | 'host' is not an address: the port is missing
            host:           | '' is not a port
            host:0          | '0' is not a port (1 to 65535)
            host:65536      | '65536' is not a port
            host:1x         | '1x' is not a port
            host:+1         | '+1' is not a port
            :1              | '' is not a host
            ho st:1         | 'ho st' is not a host
            tcp://host:1    | an IPv6 address needs brackets
            //host:1        | '//host' is not a host
            fd00::1:50051   | an IPv6 address needs brackets
            [fd00::1        | an IPv6 address needs brackets
            [fd00::1]       | an IPv6 address needs brackets
            [host]:1        | 'host' in brackets is not an IPv6 address
            a:1,,b:2        | '' is not an address: the port is missing
            a:1,b:x         | 'b:x' is not an address: 'x' is not a port
            """)
    void shouldNameTheBadPartWhenItIsNoAddress(String text, String message) {
        assertThatThrownBy(() -> HostPort.parseList(text))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMS))
                .hasMessageContaining(message)
                .hasMessageContaining("write host:port");
    }
}
