package io.mooncake4j.transfer.debian;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Downloads and unpacks packages of the machine's own distribution; installs nothing and needs no root. */
final class AptGet {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final List<String> PATIENCE = List.of("-o", "Acquire::http::Timeout=20", "-o", "Acquire::Retries=2");

    private final Map<String, String> environment;

    /** @param environment what it runs with beside this process's own */
    AptGet(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * Fetches a package in the version that the machine's package lists name; if these are missing or too old, by lists that
     * it fetches for itself.
     *
     * @param work an empty directory for all of it
     * @return what is in the package, below {@code work}
     */
    Path fetch(String name, Path work) throws IOException {
        try {
            apt(work, List.of(), "download", name);
        } catch (IOException noLists) {
            List<String> own = ownLists(work.resolve("apt"));
            try {
                apt(work, own, "update");
                apt(work, own, "download", name);
            } catch (IOException e) {
                e.addSuppressed(noLists);
                throw e;
            }
        }
        Path unpacked = work.resolve("unpacked");
        run(work, List.of("dpkg-deb", "-x", downloaded(work).toString(), unpacked.toString()));
        return unpacked;
    }

    private static List<String> ownLists(Path directory) throws IOException {
        Path lists = directory.resolve("lists");
        Path caches = directory.resolve("cache");
        Files.createDirectories(lists.resolve("partial"));
        Files.createDirectories(caches.resolve("archives/partial"));
        // the user that root's apt-get changes to may not see this directory
        return List.of(
                "-o", "Dir::State::lists=" + lists, "-o", "Dir::Cache=" + caches, "-o", "APT::Sandbox::User=root");
    }

    private static Path downloaded(Path work) throws IOException {
        try (DirectoryStream<Path> packages = Files.newDirectoryStream(work, "*.deb")) {
            for (Path each : packages) {
                return each;
            }
        }
        throw new IOException("apt-get download succeeded and left no package");
    }

    private void apt(Path work, List<String> options, String... what) throws IOException {
        List<String> command = new ArrayList<>(List.of("apt-get", "-q"));
        command.addAll(PATIENCE);
        command.addAll(options);
        Collections.addAll(command, what);
        run(work, command);
    }

    private void run(Path work, List<String> command) throws IOException {
        Path output = work.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("not within " + LIMIT + ": " + String.join(" ", command));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new IOException(
                    String.join(" ", command) + ": " + Files.readString(output).strip());
        }
    }
}
