package io.mooncake4j.deploy.copy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Files that appear only when they are whole: written beside their place, then moved there. Whatever ends the process in an
 * orderly way, Ctrl-C included, leaves none of the halves behind. Safe for all threads.
 */
public final class UnfinishedFiles implements AutoCloseable {
    /** Writes content to where it is to be; returns its size, or empty: there is none. */
    @FunctionalInterface
    public interface Content<C> {
        OptionalLong writeTo(C channel) throws IOException;
    }

    private final Set<Path> unfinished = ConcurrentHashMap.newKeySet();
    private final Thread hook = new Thread(this::deleteAll, "delete-unfinished-files");

    public UnfinishedFiles() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * Makes or replaces a file, if there is content. A link is followed; what is no file, such as a device, is written to as
     * it is.
     *
     * @param content for a file, which can be read and mapped, too
     * @param streamed for what is none
     */
    public OptionalLong write(Path file, Content<FileChannel> content, Content<WritableByteChannel> streamed)
            throws IOException {
        Path target = Files.isSymbolicLink(file) && Files.exists(file) ? file.toRealPath() : file;
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
                return streamed.writeTo(channel);
            }
        }
        return inPart(target.resolveSibling(".mooncake4j-" + UUID.randomUUID() + ".part"), part -> {
            OptionalLong size = written(part, content, channel -> {});
            if (size.isPresent()) {
                Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
            }
            return size;
        });
    }

    /** Writes content to a stream once it is complete, by way of a temporary file. */
    public OptionalLong spool(WritableByteChannel stream, Content<FileChannel> content) throws IOException {
        Path directory = Path.of(System.getProperty("java.io.tmpdir"));
        return inPart(
                directory.resolve("mooncake4j-" + UUID.randomUUID() + ".part"),
                part -> written(part, content, channel -> Download.copy(channel, stream)));
    }

    @FunctionalInterface
    private interface Then {
        void with(FileChannel channel) throws IOException;
    }

    private static OptionalLong written(Path part, Content<FileChannel> content, Then then) throws IOException {
        Set<StandardOpenOption> fresh =
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(part, fresh)) {
            OptionalLong size = content.writeTo(channel);
            if (size.isPresent()) {
                then.with(channel);
            }
            return size;
        }
    }

    private OptionalLong inPart(Path part, Content<Path> content) throws IOException {
        unfinished.add(part);
        try {
            return content.writeTo(part);
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
