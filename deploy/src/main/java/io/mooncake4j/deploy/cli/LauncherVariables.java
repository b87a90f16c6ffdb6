package io.mooncake4j.deploy.cli;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Environment variables that {@code bin/mooncake4j} itself reads, before there is a JVM. */
enum LauncherVariables {
    JAVA_HOME("the java on the PATH", "The JDK to run on, 17 or newer"),
    MOONCAKE4J_HEAP(
            "2g for a master and metadata, 512m for a node, 1g for bench and replay, else 512m",
            "Size of the Java heap; a master needs about 1 GB for every 3 million objects"),
    MOONCAKE4J_JAVA_OPTS("none", "More flags for the JVM, after ours");

    final String shownDefault;
    final String meaning;

    LauncherVariables(String shownDefault, String meaning) {
        this.shownDefault = shownDefault;
        this.meaning = meaning;
    }

    static Set<String> names() {
        return List.of(values()).stream().map(Enum::name).collect(Collectors.toSet());
    }
}
