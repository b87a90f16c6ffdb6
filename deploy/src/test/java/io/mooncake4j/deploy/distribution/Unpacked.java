package io.mooncake4j.deploy.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The distribution tarball that the build made, unpacked by {@code tar} as an operator does it. */
final class Unpacked {
    private Unpacked() {}

    /** @return its top directory */
    static Path into(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        OperatorTool.Result result = OperatorTool.at(Path.of("/bin/tar"))
                .run(directory, "xzf", tarball().toString(), "--no-same-owner");
        assertThat(result.exitCode()).as(result.output()).isZero();
        try (Stream<Path> made = Files.list(directory)) {
            List<Path> tops = made.filter(Files::isDirectory).toList();
            assertThat(tops).as("one directory at the top").hasSize(1);
            return tops.get(0);
        }
    }

    private static Path tarball() throws IOException {
        try (Stream<Path> built = Files.list(Path.of("target"))) {
            List<Path> tarballs = built.filter(
                            file -> file.getFileName().toString().matches("mooncake4j-[0-9].*[.]tar[.]gz"))
                    .toList();
            assertThat(tarballs).as("tarballs in target/").hasSize(1);
            return tarballs.get(0).toAbsolutePath();
        }
    }
}
