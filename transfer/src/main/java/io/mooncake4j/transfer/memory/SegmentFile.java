package io.mooncake4j.transfer.memory;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One segment's file, locked from opening to closing. The lock is the process's: whoever gets it knows that no thread
 * of an earlier holder lives, also if that one was killed.
 */
final class SegmentFile implements AutoCloseable {
    /** Who holds the file, as text after the header's own bytes: a hint for people, outside the header. */
    private static final int HOLDER_AT = SegmentHeader.BYTES / 2;

    private static final int HOLDER_BYTES = 256;

    /** The kernel drops a process's lock when it closes any descriptor of the file, so it must open none twice. */
    private static final Set<Path> OPEN_HERE = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel channel;
    private final long inode;
    private @Nullable MappedByteBuffer page;
    /** Up to the end of what is mapped. */
    private long mappedBytes;

    private SegmentFile(Path path, FileChannel channel, long inode) {
        this.path = path;
        this.channel = channel;
        this.inode = inode;
    }

    /**
     * Opens the file, made if absent, and locks it.
     *
     * @throws StoreException SEGMENT_ALREADY_EXISTS if somebody holds it
     */
    static SegmentFile lock(Path directory, String name) throws IOException {
        Path path = directory.toRealPath().resolve(name + ".segment");
        if (!OPEN_HERE.add(path)) {
            throw held(path, "this process");
        }
        try {
            for (; ; ) {
                SegmentFile file = tryLock(path);
                if (file != null) {
                    return file;
                }
            }
        } catch (Throwable e) {
            OPEN_HERE.remove(path);
            throw e;
        }
    }

    /** Null if the name came to mean another file meanwhile: a holder that leaves deletes it. */
    private static @Nullable SegmentFile tryLock(Path path) throws IOException {
        try {
            Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            // the usual case: what it holds is looked at under the lock
        }
        FileChannel channel = null;
        boolean locked = false;
        try {
            long inode = inode(path);
            channel = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            if (channel.tryLock() == null) {
                throw held(path, holder(channel));
            }
            locked = inode(path) == inode;
            return locked ? new SegmentFile(path, channel, inode) : null;
        } catch (NoSuchFileException e) {
            return null;
        } finally {
            if (channel != null && !locked) {
                channel.close();
            }
        }
    }

    private static long inode(Path path) throws IOException {
        return (long) Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(HOLDER_BYTES);
        channel.read(text, HOLDER_AT);
        String holder = StandardCharsets.UTF_8.decode(text.flip()).toString().trim();
        return holder.isEmpty() ? "another process" : holder;
    }

    private static StoreException held(Path path, String holder) {
        return new StoreException(
                ErrorCode.SEGMENT_ALREADY_EXISTS,
                path + " is in use by " + holder + ": stop that node, or give this one another --name");
    }

    Path path() {
        return path;
    }

    long inode() {
        return inode;
    }

    long lengthBytes() throws IOException {
        return channel.size();
    }

    /**
     * Why what is mapped is not there any more; empty: it is there, or nobody can come to the file by its name. Does not ask
     * the channel: an interrupt would close that, and with it the lock.
     */
    Optional<String> loss() {
        Map<String, Object> now;
        try {
            now = Files.readAttributes(path, "unix:ino,size", LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(path + " can't be looked at: " + e);
        }
        boolean cutShort = Objects.equals(now.get("ino"), inode)
                && now.get("size") instanceof Long sizeBytes
                && sizeBytes < mappedBytes;
        return cutShort
                ? Optional.of(path + " was cut short to " + now.get("size") + " bytes under this process")
                : Optional.empty();
    }

    /** What the first page says; empty if it is no header. */
    Optional<SegmentHeader> readHeader() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SegmentHeader.BYTES);
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {
            continue;
        }
        return bytes.hasRemaining() ? Optional.empty() : SegmentHeader.read(bytes);
    }

    void truncate() throws IOException {
        channel.truncate(0);
    }

    /** Fills a range with copies of the given zeros: on tmpfs this is what reserves it. */
    void fill(long position, long length, ByteBuffer zeros) throws IOException {
        ByteBuffer source = zeros.duplicate();
        for (long at = position; at < position + length; ) {
            source.clear().limit((int) Math.min(source.capacity(), position + length - at));
            at += channel.write(source, at);
        }
    }

    MappedByteBuffer map(long position, long length) throws IOException {
        mappedBytes = Math.max(mappedBytes, position + length);
        return channel.map(MapMode.READ_WRITE, position, length);
    }

    /** Maps the header's page and names the holder in it; to be called once, before {@link #write}. */
    void mapHeader(long pageBytes) throws IOException {
        MappedByteBuffer mapped = map(0, pageBytes);
        byte[] holder =
                ("process " + ProcessHandle.current().pid() + " on " + hostName()).getBytes(StandardCharsets.UTF_8);
        mapped.put(HOLDER_AT, new byte[HOLDER_BYTES]);
        mapped.put(HOLDER_AT, holder, 0, Math.min(holder.length, HOLDER_BYTES));
        page = mapped;
    }

    void write(SegmentHeader header) {
        if (page == null) {
            throw new IllegalStateException("the header of " + path + " is not mapped");
        }
        header.write(page);
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).trim();
        } catch (IOException e) {
            return "this host";
        }
    }

    /** While locked, so that nobody who waits for the lock takes it over. */
    void delete() throws IOException {
        Files.deleteIfExists(path);
    }

    /** Ends the lock; mappings stay. */
    @Override
    public void close() throws IOException {
        channel.close();
        OPEN_HERE.remove(path);
    }
}
