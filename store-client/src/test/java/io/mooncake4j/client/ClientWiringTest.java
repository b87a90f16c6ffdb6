package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.engine.Transport;
import io.mooncake4j.transfer.metrics.RdmaMeters;
import io.mooncake4j.transfer.rdma.RdmaOptions;
import io.mooncake4j.transfer.safety.SafetyRules;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClientWiringTest {
    private final RdmaMeters meters = new RdmaMeters();

    @Test
    void shouldUseTcpAloneAndSayWhatIsMissingWhenRdmaIsNotAskedForOrCanNotBeHad() {
        assertThat(names(null)).containsExactly("tcp");
        assertThat(meters.isMissing()).isFalse();
        assertThat(names(RdmaOptions.DEFAULT.withDevices(List.of("none-of-this-name"))))
                .containsExactly("tcp");
        assertThat(meters.isMissing()).isTrue();
    }

    private List<String> names(@Nullable RdmaOptions rdma) {
        LazyPool pool = new LazyPool(4096);
        List<Transport> transports =
                ClientWiring.transports(2, Duration.ofSeconds(2), rdma, pool, SafetyRules.ALL, meters);
        transports.forEach(Transport::close);
        return transports.stream().map(Transport::name).toList();
    }
}
