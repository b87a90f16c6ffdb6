package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostName;
import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PutOptionsTest {
    @Test
    void shouldPinSoftlyForHalfAnHourWhenNoTimeIsGiven() {
        assertThat(PutOptions.DEFAULT.withSoftPin().toProto().getSoftPinTtlMs())
                .isEqualTo(Duration.ofMinutes(30).toMillis());
        assertThat(PutOptions.DEFAULT.toProto().getSoftPinTtlMs()).isZero();
        assertThat(PutOptions.DEFAULT.withSoftPin(Duration.ofHours(24)).softPinTtl())
                .hasHours(24);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT0.0009S", "PT24H0.001S", "PT2562047788015215H"})
    void shouldRefuseASoftPinWhenItIsOutOfRange(String ttl) {
        assertThatThrownBy(() -> PutOptions.DEFAULT.withSoftPin(Duration.parse(ttl)))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMS))
                .hasMessageContaining("24 h");
    }

    @Test
    void shouldRefuseASoftPinOutOfRangeAlsoInTheConstructor() {
        assertThatThrownBy(() -> new PutOptions(1, Duration.ofHours(25), false, List.of(), false, ""))
                .isInstanceOf(StoreException.class);
    }

    @Test
    void shouldNameThisMachineWhenNoHostIsGiven() {
        assertThat(HostName.local()).isNotEmpty();
        assertThat(PutOptions.DEFAULT.toProto().getHostId()).isEqualTo(HostName.local());
        assertThat(PutOptions.DEFAULT.withHostId("rack1").toProto().getHostId()).isEqualTo("rack1");
    }
}
