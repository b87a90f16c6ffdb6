package io.mooncake4j.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The completion script in a real bash. */
class CompletionTest {
    /** Completes each line of its input, as bash does at the Tab key, and prints the proposals of each in a line. */
    private static final String HARNESS = """
            set -u
            source "$1"
            compopt() { :; }  # only bash's own completion may call it
            while IFS= read -r COMP_LINE; do
              read -r -a COMP_WORDS <<<"$COMP_LINE"
              [[ $COMP_LINE == *" " ]] && COMP_WORDS+=("")
              COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_POINT=${#COMP_LINE} COMPREPLY=()
              name=$(complete -p mooncake4j | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
              "$name"
              echo "${COMPREPLY[*]-}"
            done
            """;

    @TempDir
    Path directory;

    @Test
    void shouldProposeCommandsFlagsAndWordsWhenBashCompletes() throws Exception {
        List<String> proposals = complete(
                "mooncake4j st",
                "mooncake4j t",
                "mooncake4j put --par",
                "mooncake4j node --on-stop ",
                "mooncake4j master --allocation-strategy f",
                "mooncake4j completion z",
                "mooncake4j stat --node n --js",
                "mooncake4j ls --config");

        assertThat(proposals)
                .containsExactly(
                        "stat",
                        "top",
                        "--parallel",
                        "auto suspend leave",
                        "free_ratio_first",
                        "zsh",
                        "--json",
                        "--config");
    }

    private List<String> complete(String... lines) throws IOException, InterruptedException {
        CapturedRun script = CapturedRun.of("completion", "bash");
        assertThat(script.exitCode()).isZero();
        Path file = Files.write(directory.resolve("completion"), script.outBytes());
        Path harness = Files.writeString(directory.resolve("harness"), HARNESS);
        Process bash = new ProcessBuilder("bash", harness.toString(), file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var input = bash.getOutputStream()) {
            input.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        List<String> proposals = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(bash.waitFor()).isZero();
        return proposals;
    }
}
