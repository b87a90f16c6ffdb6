package io.mooncake4j.deploy.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import io.mooncake4j.deploy.cli.ScriptRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code mvn package} makes for operators, unpacked elsewhere and used without the source tree and without a JDK. */
class DistributionIT {
    /** As in Debian's and Temurin's runtime images: no compiler and no tools. */
    private static final String JRE_MODULES = "java.se,jdk.crypto.ec,jdk.management,jdk.unsupported,jdk.zipfs";

    @TempDir
    static Path directory;

    private static Path home;
    private static Path jre;

    @BeforeAll
    static void unpack() throws Exception {
        home = Unpacked.into(directory.resolve("some where")); // a path with a space: operators have them
        jre = directory.resolve("jre");
        StringWriter printed = new StringWriter();
        PrintWriter writer = new PrintWriter(printed);
        int made = ToolProvider.findFirst("jlink")
                .orElseThrow()
                .run(writer, writer, "--add-modules", JRE_MODULES, "--output", jre.toString());
        assertThat(made).as(printed.toString()).isZero();
        assertThat(jre.resolve("bin/javac")).doesNotExist();
    }

    private static ScriptRun start(String... arguments) throws IOException {
        Map<String, String> environment = Map.of("JAVA_HOME", jre.toString());
        return ScriptRun.start(
                directory, environment, home.resolve("bin/mooncake4j").toString(), arguments);
    }

    private static int run(String... arguments) throws Exception {
        try (ScriptRun run = start(arguments)) {
            return run.exitCode();
        }
    }

    @Test
    void shouldRunMasterNodeAndClientWhenOnlyAJreIsThere() throws Exception {
        Path content = Files.write(directory.resolve("content"), new byte[] {1, 2, 3});
        Path copy = directory.resolve("copy");
        String name = "distribution-" + UUID.randomUUID();
        try (ScriptRun master = start("master", "--bind-host", "127.0.0.1", "--rpc-port", "0", "--admin-port", "0")) {
            String address = master.awaitLine("ready: master on ");
            try (ScriptRun node = start(
                    "node",
                    "--master",
                    address,
                    "--host",
                    "127.0.0.1",
                    "--data-port",
                    "0",
                    "--node-admin-port",
                    "0",
                    "--name",
                    name,
                    "--segment-size",
                    "16MB")) {
                node.awaitLine("ready: node " + name);
                assertThat(run("put", "key", content.toString(), "--master", address))
                        .isZero();
                assertThat(run("get", "key", "-o", copy.toString(), "--master", address))
                        .isZero();
                assertThat(copy).hasSameBinaryContentAs(content);
                node.terminate();
                assertThat(node.exitCode()).as(node.output()).isZero();
            }
            master.terminate();
            assertThat(master.exitCode()).as(master.output()).isZero();
        }
    }

    @Test
    void shouldReadTheSampleConfigurationWhenItIsGiven() throws Exception {
        String sample = home.resolve("conf/mooncake4j.yaml").toString();
        for (String command : List.of("master", "node")) {
            try (ScriptRun run = start(command, "--config", sample, "--print-config")) {
                assertThat(run.exitCode()).as(run.output()).isZero();
            }
        }
    }

    @Test
    void shouldHoldWhatAnOperatorNeedsWhenUnpacked() {
        assertThat(Stream.of(
                        "LICENSE",
                        "NOTICE",
                        "docs/README.md",
                        "docs/CHANGELOG.md",
                        "docs/deploy/CONFIGURATION.md",
                        "docs/deploy/README.md",
                        "monitoring/alerts.yaml",
                        "monitoring/grafana/dashboards/mooncake4j.json",
                        "systemd/mooncake4j-master.service",
                        "systemd/mooncake4j-node.service",
                        "systemd/mooncake4j.sysusers",
                        "systemd/mooncake4j.tmpfiles"))
                .allSatisfy(file -> assertThat(home.resolve(file)).isRegularFile());
        assertThat(home.resolve("bin/mooncake4j")).isExecutable();
    }

    @Test
    void shouldNameEveryLibraryWhenTheBillOfMaterialsIsRead() throws IOException {
        Map<String, Object> bill = JSON.std.mapFrom(Files.readString(billOfMaterials()));
        assertThat(bill).containsEntry("bomFormat", "CycloneDX");
        List<String> named = ((List<?>) bill.get("components"))
                .stream()
                        .map(component -> (Map<?, ?>) component)
                        .map(component -> component.get("name") + "-" + component.get("version"))
                        .toList();
        List<String> unnamed;
        try (Stream<Path> libraries = Files.list(home.resolve("lib"))) {
            unnamed = libraries
                    .map(library -> library.getFileName().toString())
                    .filter(library -> library.endsWith(".jar")) // beside them: our natives
                    .map(library -> library.replaceFirst("[.]jar$", ""))
                    .filter(library -> !library.startsWith("mooncake4j-deploy-")) // what the bill is of
                    .filter(library -> named.stream().noneMatch(library::startsWith)) // classifiers follow
                    .collect(Collectors.toList());
        }
        assertThat(unnamed).as("libraries that it doesn't name").isEmpty();
    }

    private static Path billOfMaterials() throws IOException {
        try (Stream<Path> files = Files.list(home)) {
            return files.filter(file -> file.toString().endsWith(".cdx.json"))
                    .findFirst()
                    .orElseGet(() -> OperatorTool.missing("no bill of materials: mvn -o makes none, build without -o"));
        }
    }
}
