package io.mooncake4j.master.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EtcdOptionsTest {
    private static EtcdOptions.Builder options() {
        return EtcdOptions.builder().endpoints("http://a:1");
    }

    @Test
    void shouldFillInTheDefaultsWhenOnlyEndpointsAreGiven() {
        EtcdOptions options = EtcdOptions.builder()
                .endpoints("http://a, b:2378,http://[::1]:7/")
                .build();
        assertThat(options.endpoints())
                .containsExactly(
                        URI.create("http://a:2379"), URI.create("http://b:2378"), URI.create("http://[::1]:7"));
        assertThat(options.prefix()).isEqualTo("/mooncake4j/");
        assertThat(options.requestTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(options().prefix("/x").build().prefix()).isEqualTo("/x/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "http://", "ftp://a", "http://a/path", "http://a:x", "a b", "http://u:p@a", "://", ",a"})
    void shouldSayHowToWriteAnEndpointWhenOneIsWrong(String text) {
        assertThatThrownBy(() -> EtcdOptions.builder().endpoints(text))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMS))
                .hasMessageContaining("write http://host:2379");
    }

    @Test
    void shouldSayWhatIsWrongWhenSettingsDoNotFitTogether() {
        Path file = Path.of("/nowhere/file");
        assertRefused(EtcdOptions.builder(), "--etcd-endpoints");
        assertRefused(EtcdOptions.builder().endpoints("http://a,https://b"), "either http or https");
        assertRefused(options().tlsCa(file), "not https");
        assertRefused(EtcdOptions.builder().endpoints("https://a").tlsClient(file, null), "--etcd-tls-key");
        assertRefused(options().prefix("/ä/"), "printable ASCII");
        assertRefused(options().user("u"), "no password");
        assertRefused(options().password("p"), "--etcd-user");
        assertRefused(options().user("u").passwordFile(file), file.toString());
        assertRefused(options().user("u").password("p").passwordFile(file), "both");
        assertRefused(options().requestTimeout(Duration.ZERO), "at least 10 ms");
    }

    private static void assertRefused(EtcdOptions.Builder options, String why) {
        assertThatThrownBy(options::build)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMS))
                .hasMessageContaining(why);
    }
}
