package io.mooncake4j.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationReferenceTest {
    @Test
    void shouldBeCurrentWhenSettingsChange() throws IOException {
        assertThat(Files.readString(Path.of("CONFIGURATION.md")))
                .as("deploy/CONFIGURATION.md is not current; run: ./mvnw -q -Dquick -DskipTests -pl deploy -am package"
                        + " && deploy/bin/mooncake4j configuration >deploy/CONFIGURATION.md")
                .isEqualTo(CapturedRun.of("configuration").out());
    }

    @Test
    void shouldNameEverySettingWhenPrinted() {
        String page = ConfigurationReference.markdown();

        for (Setting<?> setting : CommandLines.allSettings()) {
            assertThat(page).contains("| `" + setting.name() + "`", setting.flag(), setting.meaning());
            setting.variables().forEach(variable -> assertThat(page).contains("`" + variable.name() + "`"));
            setting.fileKeys().forEach(key -> assertThat(page).contains("`" + key + "`"));
        }
        assertThat(page).contains("DURATION, 100ms to 1h", "MOONCAKE4J_HEAP");
    }
}
