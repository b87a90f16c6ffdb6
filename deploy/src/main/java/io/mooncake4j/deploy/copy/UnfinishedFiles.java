package io.mooncake4j.deploy.copy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Files that appear only when they are whole: written beside their place, then moved there. Whatever ends the process in an
 * orderly way, Ctrl-C included, leaves none of the halves behind. Safe for all threads.
 */
public final class UnfinishedFiles implements AutoCloseable {
    /** Writes a file's bytes. */
    @FunctionalInterface
    public interface Content {
        void writeTo(WritableByteChannel channel) throws IOException;
    }

    private final Set<Path> unfinished = ConcurrentHashMap.newKeySet();
    private final Thread hook = new Thread(this::deleteAll, "delete-unfinished-files");

    public UnfinishedFiles() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Makes or replaces a file. A link is followed; what is no file, such as a device, is written to as it is. */
    public void write(Path file, Content content) throws IOException {
        Path target = Files.isSymbolicLink(file) && Files.exists(file) ? file.toRealPath() : file;
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
            }
            return;
        }
        Path part = target.resolveSibling(".mooncake4j-" + UUID.randomUUID() + ".part");
        unfinished.add(part);
        try {
            try (FileChannel channel =
                    FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
            }
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
            unfinished.remove(part);
        }
    }

    private void deleteAll() {
        for (Path part : unfinished) {
            try {
                Files.deleteIfExists(part);
            } catch (IOException e) {
                // it stays; the process ends
            }
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // it runs already
        }
    }
}
