package io.mooncake4j.transfer.debian;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A package whose files tests run. Fetched, if it isn't installed, without root, once a machine: it is kept below
 * {@code ~/.cache/mooncake4j/debian}. Any number of threads and processes may ask at the same time.
 */
public final class DebianPackage {
    private final String name;
    private final Path cache;
    private final AptGet apt;
    private final Path installedBelow;
    private final Map<String, String> environment;

    private DebianPackage(String name, Path cache, AptGet apt, Path installedBelow, Map<String, String> environment) {
        this.name = name;
        this.cache = cache;
        this.apt = apt;
        this.installedBelow = installedBelow;
        this.environment = environment;
    }

    /** By the name that {@code apt-get install} takes. */
    public static DebianPackage named(String name) {
        Map<String, String> environment = System.getenv();
        String caches = environment.getOrDefault(
                "XDG_CACHE_HOME",
                Path.of(System.getProperty("user.home"), ".cache").toString());
        Path cache = Path.of(caches, "mooncake4j", "debian");
        return new DebianPackage(name, cache, new AptGet(Map.of()), Path.of("/"), environment);
    }

    /** For this class's own tests: nothing is taken as installed but what is below that directory or in that PATH. */
    static DebianPackage of(String name, Path cache, AptGet apt, Path installedBelow, String path) {
        return new DebianPackage(name, cache, apt, installedBelow, Map.of("PATH", path));
    }

    /**
     * One of its files: what a property of this JVM names; else as installed, programs anywhere on the PATH; else as fetched
     * before; else it is fetched.
     *
     * @param property names a file instead ({@code -Dname=/path})
     * @param path in the package, such as {@code usr/bin/etcd}; each part may be a glob
     * @throws IllegalStateException if it can't be had; says how to get it
     */
    public Path file(String property, String path) {
        String given = System.getProperty(property, "");
        if (!given.isEmpty()) {
            Path file = Path.of(given);
            if (!Files.isRegularFile(file)) {
                throw new IllegalStateException("-D" + property + "=" + given + " is not a file");
            }
            return file;
        }
        try {
            Optional<Path> found =
                    onPath(path).or(() -> below(installedBelow, path)).or(() -> below(cache.resolve(name), path));
            return found.isPresent() ? found.get() : fetched(path);
        } catch (IOException | UncheckedIOException e) {
            throw new IllegalStateException(
                    "No " + path + " of " + name + ", and it can't be fetched. Install it (apt-get install " + name
                            + "), or name the file by -D" + property + "=/path/of/it. Cause: " + e.getMessage(),
                    e);
        }
    }

    private Optional<Path> onPath(String path) {
        if (!path.matches("(usr/)?s?bin/[^/]+")) {
            return Optional.empty();
        }
        for (String directory : environment.getOrDefault("PATH", "").split(File.pathSeparator)) {
            Path program = Path.of(directory, path.substring(path.lastIndexOf('/') + 1));
            if (!directory.isEmpty() && Files.isExecutable(program)) {
                return Optional.of(program);
            }
        }
        return Optional.empty();
    }

    private static Optional<Path> below(Path root, String path) {
        List<Path> found = List.of(root);
        for (String part : path.split("/")) {
            List<Path> next = new ArrayList<>();
            for (Path directory : found) {
                next.addAll(entries(directory, part));
            }
            found = next;
        }
        return found.stream().filter(Files::isRegularFile).findFirst();
    }

    private static List<Path> entries(Path directory, String glob) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, glob)) {
            entries.forEach(found::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private Path fetched(String path) throws IOException {
        Files.createDirectories(cache);
        Path work = Files.createTempDirectory(cache, name + "-fetching-");
        try {
            Path unpacked = apt.fetch(name, work);
            if (below(unpacked, path).isEmpty()) {
                throw new IOException("the package " + name + " has no " + path);
            }
            keep(unpacked);
        } finally {
            deleteTree(work);
        }
        return below(cache.resolve(name), path)
                .orElseThrow(() -> new IOException(cache.resolve(name) + " is of another version: delete it"));
    }

    private void keep(Path unpacked) throws IOException {
        try {
            Files.move(unpacked, cache.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(cache.resolve(name))) { // else somebody else was first
                throw e;
            }
        }
    }

    private static void deleteTree(Path top) throws IOException {
        try (Stream<Path> found = Files.walk(top)) {
            for (Path each : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
