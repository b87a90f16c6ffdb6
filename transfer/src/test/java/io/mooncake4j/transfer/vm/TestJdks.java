package io.mooncake4j.transfer.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The JDKs whose JVMs run the tests in the virtual machine: this JVM's, and the Java 25 that is named by a property. */
final class TestJdks {
    private static final String JDK25 = "mooncake4j.jdk25.home";
    private static final String WITHOUT = "mooncake4j.rdma.without-jdk25";

    private TestJdks() {}

    /** @throws IllegalStateException if there is no JDK 25, unless a property allows that */
    static List<Path> homes() {
        List<Path> homes = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
        String given = System.getProperty(JDK25, "");
        if (!given.isEmpty()) {
            if (!Files.isExecutable(Path.of(given, "bin", "java"))) {
                throw new IllegalStateException("-D" + JDK25 + "=" + given + " has no bin/java");
            }
            homes.add(Path.of(given));
        } else if (Runtime.version().feature() != 25) {
            System.out.println("==== NOT TESTED: RDMA on Java 25, since -D" + JDK25 + "=HOME is not given ====");
            if (!Boolean.getBoolean(WITHOUT)) {
                throw new IllegalStateException("No JDK 25: give its directory by -D" + JDK25 + "=HOME, or -D" + WITHOUT
                        + "=true lets this pass without it");
            }
        }
        return homes;
    }

    /** A JDK's feature version, as its file {@code release} has it. */
    static int feature(Path home) throws IOException {
        try (Stream<String> lines = Files.lines(home.resolve("release"))) {
            return lines.filter(each -> each.startsWith("JAVA_VERSION="))
                    .map(each -> each.replaceFirst("^JAVA_VERSION=\"(\\d+).*", "$1"))
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElseThrow(() -> new IOException("no version in " + home.resolve("release")));
        }
    }
}
