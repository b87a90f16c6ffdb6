package io.mooncake4j.transfer.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
    @ParameterizedTest
    @CsvSource({"0,0", "5000us,5", "500ms,500", "10s,10000", "10 S,10000", "30m,1800000", "24h,86400000"})
    void shouldReadWhatPeopleWriteWhenItIsADuration(String text, long millis) {
        assertThat(DurationText.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "-1s", "1.5s", "3d", "99999999999h"})
    void shouldRefuseWithAnExampleWhenItIsNoDuration(String text) {
        assertThatThrownBy(() -> DurationText.parse(text))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @Property
    void shouldReadBackWhenFormatted(@ForAll @LongRange(min = 0, max = 99_999_999_999L) long millis) {
        Duration exact = Duration.ofMillis(millis);
        Duration micros = Duration.ofNanos(millis * 1000);
        Duration hours = Duration.ofHours(millis % 80_000);
        assertThat(DurationText.parse(DurationText.format(exact))).isEqualTo(exact);
        assertThat(DurationText.parse(DurationText.format(micros))).isEqualTo(micros);
        assertThat(DurationText.parse(DurationText.format(hours))).isEqualTo(hours);
    }
}
