package io.mooncake4j.deploy.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The machine as its files tell about it, all below one directory. */
public final class Host {
    private static final List<String> PROGRAMS =
            List.of("usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin");
    private static final int PROGRAM_SECONDS = 5;

    /** How large a file system is, how much of it is free, and in which pieces it is given out. */
    public record Space(long totalBytes, long freeBytes, long blockBytes) {}

    /** Asks how large file systems are. */
    public interface Spaces {
        Space of(Path directory) throws IOException;
    }

    private final Path root;
    private final Spaces spaces;

    public Host(Path root, Spaces spaces) {
        this.root = root;
        this.spaces = spaces;
    }

    /** This machine, or what a container sees of it. */
    public static Host real() {
        return new Host(Path.of("/"), directory -> {
            FileStore store = Files.getFileStore(directory);
            return new Space(store.getTotalSpace(), store.getUsableSpace(), store.getBlockSize());
        });
    }

    /** Where a file of the machine is to be read. */
    Path path(String absolute) {
        return root.resolve(absolute.substring(1));
    }

    /** A file's content without spaces around it; empty where it isn't there, can't be read or has none. */
    String text(String file) {
        try {
            return Files.readString(path(file)).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** What a directory has, sorted; nothing where it can't be read. */
    List<String> names(String directory) {
        try (Stream<Path> found = Files.list(path(directory))) {
            return found.map(each -> each.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    boolean exists(String file) {
        return Files.exists(path(file));
    }

    /** Whether this user may read and write it. */
    boolean usable(String file) {
        return Files.isReadable(path(file)) && Files.isWritable(path(file));
    }

    /** The last name of what a symbolic link points to; empty where it is none. */
    String linkName(String link) {
        try {
            return Files.readSymbolicLink(path(link)).getFileName().toString();
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }

    /** Of the file system that holds a directory, or that will hold it once it is made. */
    Optional<Space> space(Path directory) {
        for (Path each = directory; each != null; each = each.getParent()) {
            Path there = path(each.toString());
            if (Files.exists(there)) {
                try {
                    return Optional.of(spaces.of(there));
                } catch (IOException e) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    /** What a program prints; empty where there is none of that name, or it fails. */
    Optional<String> run(String program, String... arguments) {
        for (String directory : PROGRAMS) {
            Path file = root.resolve(directory).resolve(program);
            if (Files.isExecutable(file)) {
                return run(Stream.concat(Stream.of(file.toString()), Stream.of(arguments))
                        .toList());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> run(List<String> command) {
        Process process = null;
        try {
            Path output = Files.createTempFile("mooncake4j-doctor", ".out"); // so that a silent one can be given up
            try {
                process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                boolean ended = process.waitFor(PROGRAM_SECONDS, TimeUnit.SECONDS);
                return ended && process.exitValue() == 0
                        ? Optional.of(new String(Files.readAllBytes(output), StandardCharsets.UTF_8).strip())
                        : Optional.empty();
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }
}
