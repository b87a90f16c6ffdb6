package io.mooncake4j.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the image has in {@code /opt/mooncake4j}: the tarball that the module deploy has built. */
final class Distribution {
    private Distribution() {}

    static Path unpackedInto(Path directory) throws IOException, InterruptedException {
        Path built = Path.of("../deploy/target").toAbsolutePath().normalize();
        List<Path> tarballs;
        try (Stream<Path> files = Files.list(built)) {
            tarballs = files.filter(file -> file.getFileName().toString().matches("mooncake4j-[0-9].*[.]tar[.]gz"))
                    .toList();
        }
        assertThat(tarballs).as("tarballs in " + built).hasSize(1);
        Files.createDirectories(directory);
        Process tar = new ProcessBuilder(
                        "tar", "xzf", tarballs.get(0).toString(), "--strip-components=1", "-C", directory.toString())
                .inheritIO()
                .start();
        assertThat(tar.waitFor()).isZero();
        return directory;
    }
}
