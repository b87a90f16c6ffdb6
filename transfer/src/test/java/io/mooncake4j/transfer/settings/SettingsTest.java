package io.mooncake4j.transfer.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    private static final Setting<Long> SEGMENT_SIZE = Setting.of(
                    "segment-size", SettingType.SIZE, "4GB", "Memory lent to the store")
            .alsoFrom("MOONCAKE_GLOBAL_SEGMENT_SIZE");
    private static final Setting<Duration> TIMEOUT = Setting.of(
                    "timeout", SettingType.DURATION, "30s", "Longest wait for an answer")
            .alsoFrom("MC_RPC_TIMEOUT_MS", "ms");
    private static final List<Setting<?>> ALL = List.of(SEGMENT_SIZE, TIMEOUT);

    private static SettingSource flag(Setting<?> of, String text) {
        return setting -> setting.equals(of) ? Optional.of(new SettingSource.Given(text, of.flag())) : Optional.empty();
    }

    private static Settings.Value<?> segmentSize(Settings settings) {
        return settings.values().get(0);
    }

    @Test
    void shouldDeriveFlagAndVariableWhenNamed() {
        assertThat(SEGMENT_SIZE.flag()).isEqualTo("--segment-size");
        assertThat(SEGMENT_SIZE.variables().get(0).name()).isEqualTo("MOONCAKE4J_SEGMENT_SIZE");
    }

    @Test
    void shouldPreferFlagThenOwnVariableThenMooncakesThenDefaultWhenSeveralAreGiven() {
        Map<String, String> both =
                Map.of("MOONCAKE4J_SEGMENT_SIZE", "2GB", "MOONCAKE_GLOBAL_SEGMENT_SIZE", "3355443200");
        Map<String, String> mooncakes = Map.of("MOONCAKE4J_SEGMENT_SIZE", " ", "MOONCAKE_GLOBAL_SEGMENT_SIZE", "3GB");

        Settings all = Settings.resolve(ALL, List.of(flag(SEGMENT_SIZE, "1GB"), SettingSource.environment(both)));
        Settings own = Settings.resolve(ALL, List.of(SettingSource.environment(both)));
        Settings theirs = Settings.resolve(ALL, List.of(SettingSource.environment(mooncakes)));
        Settings none = Settings.resolve(ALL, List.of());

        assertThat(all.get(SEGMENT_SIZE)).isEqualTo(1L << 30);
        assertThat(segmentSize(all).place()).isEqualTo("--segment-size");
        assertThat(own.get(SEGMENT_SIZE)).isEqualTo(2L << 30);
        assertThat(segmentSize(own).place()).isEqualTo("environment MOONCAKE4J_SEGMENT_SIZE");
        assertThat(theirs.get(SEGMENT_SIZE)).isEqualTo(3L << 30);
        assertThat(segmentSize(theirs).place()).isEqualTo("environment MOONCAKE_GLOBAL_SEGMENT_SIZE");
        assertThat(none.get(SEGMENT_SIZE)).isEqualTo(4L << 30);
        assertThat(segmentSize(none).place()).isEqualTo("default");
        assertThat(segmentSize(none).text()).isEqualTo("4GB");
    }

    @Test
    void shouldAddTheUnitWhenMooncakesVariableLacksIt() {
        Settings settings =
                Settings.resolve(ALL, List.of(SettingSource.environment(Map.of("MC_RPC_TIMEOUT_MS", "1500"))));

        assertThat(settings.get(TIMEOUT)).isEqualTo(Duration.ofMillis(1500));
    }

    @Test
    void shouldNameThePlaceWhenAValueIsWrong() {
        assertThatThrownBy(() ->
                        Settings.resolve(ALL, List.of(SettingSource.environment(Map.of("MOONCAKE4J_TIMEOUT", "soon")))))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("MOONCAKE4J_TIMEOUT")
                .hasMessageContaining("'soon'");
    }

    @ParameterizedTest
    @CsvSource({"on,true", "1,true", "TRUE,true", "off,false", "0,false", "no,false"})
    void shouldReadASwitchWhenWrittenInAnyUsualWay(String text, boolean on) {
        assertThat(SettingType.SWITCH.parser().apply(text)).isEqualTo(on);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1.01", "-0.5", "NaN", "x"})
    void shouldRefuseARatioWhenOutOfRange(String text) {
        assertThatThrownBy(() -> SettingType.RATIO.parser().apply(text)).isInstanceOf(SettingException.class);
    }

    @Test
    void shouldRefuseAWordOrNumberWhenNotAllowed() {
        assertThatThrownBy(() -> SettingType.choice("auto", "leave").parser().apply("stay"))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("auto, leave");
        assertThatThrownBy(() -> SettingType.PORT.parser().apply("65536")).isInstanceOf(SettingException.class);
    }

    @Test
    void shouldNameVariablesWhenTheyHaveNoEffect() {
        Map<String, String> environment = Map.of(
                "MC_GID_INDEX", "1",
                "MOONCAKE_GLOBAL_SEGMENT_SIZE", "1GB",
                "MOONCAKE4J_SEGMENT_SIZE", "1GB",
                "MOONCAKE4J_SEGMNT_SIZE", "1GB",
                "MC_RPC_TIMEOUT_MS", "5",
                "PATH", "/bin");

        assertThat(Variables.withoutEffect(environment, List.of(TIMEOUT), ALL))
                .containsExactly("MC_GID_INDEX", "MOONCAKE4J_SEGMNT_SIZE", "MOONCAKE_GLOBAL_SEGMENT_SIZE");
    }
}
