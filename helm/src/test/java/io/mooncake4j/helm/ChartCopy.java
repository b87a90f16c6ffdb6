package io.mooncake4j.helm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The chart somewhere else, to be changed. */
final class ChartCopy {
    static final Path TEST = Path.of("templates/tests/put-get.yaml");
    static final String HOOK = "    helm.sh/hook: test\n";

    /** As the chart is, with the pod of its test among what is rendered: as a hook Helm would keep it apart. */
    static final Path WITH_ITS_TEST = withItsTest();

    private ChartCopy() {}

    private static Path withItsTest() {
        try {
            Path copy = of(Chart.DIRECTORY, Files.createTempDirectory(Path.of("target"), "chart"));
            Path test = copy.resolve(TEST);
            Files.writeString(test, Files.readString(test).replace(HOOK, ""));
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return the copy, in a directory of the chart's name below the given one */
    static Path of(Path chart, Path below) throws IOException {
        Path copy = below.toAbsolutePath().resolve(chart.getFileName().toString());
        try (Stream<Path> files = Files.walk(chart)) {
            for (Path file : files.toList()) {
                Path to = copy.resolve(chart.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(to);
                } else {
                    Files.write(to, Files.readAllBytes(file));
                }
            }
        }
        return copy;
    }
}
