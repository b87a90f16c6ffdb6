package io.mooncake4j.deploy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.transfer.settings.Setting;
import io.mooncake4j.transfer.settings.SettingException;
import io.mooncake4j.transfer.settings.SettingType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {
    private static final Setting<String> HOSTS = Setting.of("hosts", SettingType.TEXT, "", "Hosts");
    private static final Setting<Long> SIZE =
            Setting.of("segment-size", SettingType.SIZE, "1GB", "Size").alsoInFile("global_segment_size");
    private static final Setting<Boolean> SWITCH = Setting.of("checks", SettingType.SWITCH, "on", "Checks");
    private static final List<Setting<?>> KNOWN = List.of(HOSTS, SIZE, SWITCH);

    @TempDir
    Path directory;

    private ConfigFile read(String... lines) throws IOException {
        return ConfigFile.read(Files.write(directory.resolve("c.yaml"), List.of(lines)), KNOWN);
    }

    @Test
    void shouldFindTextAndLineWhenKeysAreThere() throws IOException {
        ConfigFile file = read("# x", "hosts: [a:1, 'b:2']", "", "global_segment_size: 3355443200", "checks: off");

        assertThat(file.find(HOSTS))
                .hasValueSatisfying(given -> assertThat(given.text()).isEqualTo("a:1,b:2"));
        assertThat(file.find(SIZE)).hasValueSatisfying(given -> {
            assertThat(given.text()).isEqualTo("3355443200");
            assertThat(given.place()).isEqualTo(directory.resolve("c.yaml") + ":4");
            assertThat(given.errorPlace()).endsWith("c.yaml:4: global_segment_size");
        });
        assertThat(file.find(SWITCH))
                .hasValueSatisfying(given -> assertThat(given.text()).isEqualTo("off"));
        assertThat(file.warnings()).isEmpty();
    }

    @Test
    void shouldFindNothingWhenTheFileIsEmpty() throws IOException {
        assertThat(read("# nothing").find(SIZE)).isEmpty();
        assertThat(read().find(SIZE)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "segmentsize: 1|:1: unknown key 'segmentsize'; did you mean 'segment-size'?",
                "checks: on/Checks: on|:2: unknown key 'Checks'; did you mean 'checks'?",
                "checks: on/checks: off|:2: 'checks' is there twice, first in line 1",
                "segment-size: 1/global_segment_size: 2|:2: 'global_segment_size' means the same as 'segment-size' in line 1",
                "hosts:|:1: 'hosts' needs one value after the colon",
                "hosts: {a: b}|:1: 'hosts' needs one value",
                "hosts: []|:1: 'hosts' needs one value",
                "just words|:1: settings are written as 'key: value'",
                "- hosts|:1: settings are written as 'key: value'",
                "checks: on/hosts: [a|:3: this is no YAML",
                "checks: on/---/checks: off|this is no YAML",
                "? [a]/: b|:1: a key is one word"
            })
    void shouldNameLineAndCauseWhenTheFileIsWrong(String lines, String message) {
        assertThatThrownBy(() -> read(lines.split("/")))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith(directory.resolve("c.yaml").toString())
                .hasMessageContaining(message);
    }

    @Test
    void shouldSayWhyWhenItCannotBeRead() throws IOException {
        Path binary = Files.write(directory.resolve("binary"), "a\u00e4".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> ConfigFile.read(binary, KNOWN)).hasMessageContaining("no text in UTF-8");
        assertThatThrownBy(() -> ConfigFile.read(directory.resolve("none"), KNOWN))
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> ConfigFile.read(directory, KNOWN)).hasMessageContaining("can't be read");
    }
}
