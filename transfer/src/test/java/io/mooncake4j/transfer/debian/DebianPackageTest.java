package io.mooncake4j.transfer.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the machine's own apt-get, and a package and an archive made here: no network. */
class DebianPackageTest {
    private static final String NAME = "mooncake4j-greeting";
    private static final String PROGRAM = "usr/bin/greet";
    private static final String PROPERTY = "mooncake4j.greeting";

    @TempDir
    Path directory;

    private Path archive;
    private Path cache;
    private Path installed;

    @BeforeEach
    void makeArchive() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/apt-get")), "a machine with apt-get");
        archive = Files.createDirectories(directory.resolve("archive"));
        cache = directory.resolve("cache");
        installed = Files.createDirectories(directory.resolve("installed"));
        Path root = directory.resolve("root");
        script(root.resolve(PROGRAM), "hello");
        Files.createDirectories(root.resolve("DEBIAN"));
        String control = "Package: " + NAME + "\nVersion: 1\nArchitecture: all\nMaintainer: none <none@invalid>\n"
                + "Description: greets\n";
        Files.writeString(root.resolve("DEBIAN/control"), control);
        Path file = archive.resolve("greeting.deb");
        run("dpkg-deb", "--build", "--root-owner-group", root.toString(), file.toString());
        byte[] content = Files.readAllBytes(file);
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        Files.writeString(
                archive.resolve("Packages"),
                control + "Filename: ./greeting.deb\nSize: " + content.length + "\nSHA256: " + digest + "\n");
    }

    /** Knows that archive only, and has no package lists. */
    private AptGet apt() throws IOException {
        Path sources = Files.writeString(
                directory.resolve("sources.list"), "deb [trusted=yes] file:" + archive.toAbsolutePath() + " ./\n");
        Path none = Files.createDirectories(directory.resolve("no-lists"));
        Path config = Files.writeString(
                directory.resolve("apt.conf"),
                "Dir::Etc::sourcelist \"" + sources + "\";\nDir::Etc::sourceparts \"-\";\nDir::State::lists \"" + none
                        + "\";\n");
        return new AptGet(Map.of("APT_CONFIG", config.toString()));
    }

    private DebianPackage greeting() throws IOException {
        return DebianPackage.of(
                NAME, cache, apt(), installed, directory.resolve("path").toString());
    }

    @Test
    void shouldFetchAndUnpackWhenThereIsNeitherPackageNorPackageList() throws Exception {
        Path program = greeting().file(PROPERTY, PROGRAM);
        assertThat(program).startsWith(cache).isExecutable();
        assertThat(run(program.toString())).isEqualTo("hello\n");
        assertThat(entries(cache)).containsExactly(cache.resolve(NAME));
    }

    @Test
    void shouldTakeItFromTheCacheWhenItWasFetchedBefore() throws Exception {
        Path program = greeting().file(PROPERTY, PROGRAM);
        Files.delete(archive.resolve("greeting.deb"));
        assertThat(greeting().file(PROPERTY, "usr/b*/greet")).isEqualTo(program);
    }

    @Test
    void shouldTakeTheInstalledOneWhenThereIsOne() throws Exception {
        Path library = script(installed.resolve(PROGRAM), "below the root");
        assertThat(greeting().file(PROPERTY, PROGRAM)).isEqualTo(library);
        Path program = script(directory.resolve("path/greet"), "on the path");
        assertThat(greeting().file(PROPERTY, PROGRAM)).isEqualTo(program);
        assertThat(cache).doesNotExist();
    }

    @Test
    void shouldTakeWhatThePropertyNamesWhenItIsSet() throws Exception {
        Path mine = script(directory.resolve("mine"), "mine");
        System.setProperty(PROPERTY, mine.toString());
        try {
            assertThat(greeting().file(PROPERTY, PROGRAM)).isEqualTo(mine);
            Files.delete(mine);
            assertThatThrownBy(() -> greeting().file(PROPERTY, PROGRAM))
                    .hasMessage("-D" + PROPERTY + "=" + mine + " is not a file");
        } finally {
            System.clearProperty(PROPERTY);
        }
    }

    @Test
    void shouldSayHowToGetItWhenItCannotBeFetched() throws Exception {
        Files.delete(archive.resolve("Packages"));
        assertThatThrownBy(() -> greeting().file(PROPERTY, PROGRAM))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("apt-get install " + NAME, "-D" + PROPERTY + "=/path/of/it", "Cause: apt-get");
        assertThat(entries(cache)).isEmpty();
    }

    @Test
    void shouldSayWhatIsMissingWhenThePackageHasNoSuchFile() {
        assertThatThrownBy(() -> greeting().file(PROPERTY, "usr/bin/other"))
                .hasMessageContaining("the package " + NAME + " has no usr/bin/other");
    }

    private static Path script(Path file, String says) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\necho " + says + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static List<Path> entries(Path directory) throws IOException {
        try (Stream<Path> found = Files.list(directory)) {
            return found.toList();
        }
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(output).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
