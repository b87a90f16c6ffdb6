package io.mooncake4j.deploy.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import io.mooncake4j.deploy.cli.ScriptRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image that Jib makes, but for its base, which would have to come from a registry. */
class ImageIT {
    private static final String HOME = "/opt/mooncake4j";

    @TempDir
    static Path directory;

    private static Map<?, ?> config;
    private static Path root;

    @BeforeAll
    static void unpack() throws Exception {
        untar(Path.of("target/image-without-base.tar").toAbsolutePath(), directory);
        Map<?, ?> manifest =
                (Map<?, ?>) JSON.std.listFrom(read("manifest.json")).get(0);
        root = Files.createDirectory(directory.resolve("root"));
        for (Object layer : (List<?>) manifest.get("Layers")) {
            untar(directory.resolve(layer.toString()), root);
        }
        config = (Map<?, ?>)
                JSON.std.mapFrom(read(manifest.get("Config").toString())).get("config");
    }

    private static void untar(Path tar, Path to) throws IOException, InterruptedException {
        OperatorTool.Result result = OperatorTool.at(Path.of("/bin/tar")).run(to, "xf", tar.toString());
        assertThat(result.exitCode()).as(result.output()).isZero();
    }

    private static String read(String name) throws IOException {
        return Files.readString(directory.resolve(name));
    }

    @Test
    void shouldRunTheLauncherAsANumberedUserWhenStarted() {
        assertThat(config.get("User")).isEqualTo("10001:10001");
        assertThat(config.get("Entrypoint")).isEqualTo(List.of(HOME + "/bin/mooncake4j"));
        assertThat(config.get("Env").toString()).contains("PATH=" + HOME + "/bin:");
    }

    @Test
    void shouldSayWhatItIsWhenItsLabelsAreRead() {
        assertThat(config.get("Labels").toString())
                .contains(
                        "org.opencontainers.image.title=mooncake4j",
                        "org.opencontainers.image.version=",
                        "org.opencontainers.image.licenses=Apache-2.0",
                        "org.opencontainers.image.description=");
    }

    @Test
    void shouldBeTheDistributionAndNothingElseWhenUnpacked() throws Exception {
        assertThat(root).isDirectoryNotContaining("regex:.*/app");
        Path home = root.resolve(HOME.substring(1));
        assertThat(home.resolve("lib")).isDirectoryContaining("glob:**/mooncake4j-deploy-*.jar");
        try (ScriptRun run = ScriptRun.start(
                directory, Map.of(), home.resolve("bin/mooncake4j").toString(), "--version")) {
            assertThat(run.exitCode()).as(run.output()).isZero();
            assertThat(run.output()).contains("mooncake4j");
        }
    }
}
