package io.mooncake4j.deploy.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoakClusterIT {
    @TempDir
    private Path directory;

    @Test
    void shouldEndWhatItStartedWhenOneProcessDoesNotStart() throws IOException {
        List<Path> before = directories();
        Set<Long> children = children();
        Path missing = directory.resolve("no-such-trace.jsonl");
        SoakOptions options = new SoakOptions(
                Duration.ofSeconds(1),
                missing,
                1,
                Duration.ZERO,
                2,
                16 << 20,
                64 << 10,
                1,
                5,
                1,
                new Footprint(1, 1, 1, 1, 1));

        assertThatThrownBy(() -> new SoakCluster(options)).hasMessageContaining(missing.toString());

        assertThat(children()).as("processes, but those that others left").isSubsetOf(children);
        assertThat(directories()).isEqualTo(before);
    }

    private static Set<Long> children() {
        return ProcessHandle.current()
                .children()
                .filter(ProcessHandle::isAlive)
                .map(ProcessHandle::pid)
                .collect(Collectors.toSet());
    }

    private static List<Path> directories() throws IOException {
        try (Stream<Path> found = Files.list(Path.of("/dev/shm"))) {
            return found.filter(path -> path.getFileName().toString().startsWith("mooncake4j-soak-"))
                    .sorted()
                    .toList();
        }
    }
}
