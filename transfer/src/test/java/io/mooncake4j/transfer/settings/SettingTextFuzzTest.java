package io.mooncake4j.transfer.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

class SettingTextFuzzTest {
    private static final List<SettingType<?>> TYPES = List.of(
            SettingType.TEXT,
            SettingType.SIZE,
            SettingType.DURATION,
            SettingType.SWITCH,
            SettingType.PORT,
            SettingType.RATIO,
            SettingType.sizeFrom(64),
            SettingType.duration(Duration.ofMillis(5), Duration.ofHours(1)),
            SettingType.choice("random", "free_ratio_first"));

    @FuzzTest
    void shouldRefuseOrReadWhatItWritesWhenAValueIsRead(byte[] utf8) {
        String text = new String(utf8, StandardCharsets.UTF_8);
        for (SettingType<?> type : TYPES) {
            readAndWrite(type, text);
        }
    }

    private static <T> void readAndWrite(SettingType<T> type, String text) {
        T value;
        try {
            value = type.parser().apply(text);
        } catch (SettingException e) {
            assertThat(e).hasMessageContaining(text);
            return;
        }
        assertThat(type.parser().apply(type.printer().apply(value))).isEqualTo(value);
    }
}
