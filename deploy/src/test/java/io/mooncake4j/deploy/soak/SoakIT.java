package io.mooncake4j.deploy.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.deploy.cli.ScriptRun;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short version of what {@code bench/soak} does for hours. */
class SoakIT {
    @TempDir
    private Path directory;

    @Test
    void shouldFindNothingWrongAndNothingLeakedWhenProcessesDieAndFreeze() throws Exception {
        try (ScriptRun soak = ScriptRun.start(
                directory,
                Map.of(),
                "../bench/soak",
                "--duration",
                "120s",
                "--calm",
                "2s",
                "--master-fault-every",
                "5")) {
            assertThat(soak.exitCode()).as(soak.output()).isZero();
            assertThat(soak.output())
                    .contains("| wrong bytes | 0 | 0 |")
                    .contains("All is well.")
                    .doesNotContain("faults: {}");
        }
    }
}
