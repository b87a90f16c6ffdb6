package io.mooncake4j.transfer.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({
        "0,0",
        "512,512",
        "512b,512",
        "64KB,65536",
        "64kb,65536",
        "64KiB,65536",
        "64k,65536",
        "1.5MB,1572864",
        "4GB,4294967296",
        "' 4 gb ',4294967296",
        "2TB,2199023255552"
    })
    void shouldReadWhatPeopleWriteWhenItIsASize(String text, long bytes) {
        assertThat(ByteSize.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "KB", "-1", "4XB", "50%", "1.0000000001KB", "0.3KB", "9999999TB", "1e3"})
    void shouldRefuseWithAnExampleWhenItIsNoSize(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @Property
    void shouldReadBackWhenFormatted(@ForAll @LongRange(min = 0) long bytes) {
        assertThat(ByteSize.parse(ByteSize.format(bytes))).isEqualTo(bytes);
        long whole = bytes >>> 20 << 20;
        assertThat(ByteSize.parse(ByteSize.format(whole))).isEqualTo(whole);
    }
}
