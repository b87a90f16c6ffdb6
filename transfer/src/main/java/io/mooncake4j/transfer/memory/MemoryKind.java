package io.mooncake4j.transfer.memory;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where a segment's memory comes from: a source and, for files, the directory that holds them. */
public record MemoryKind(Source source, @Nullable Path directory) {
    public static final Path DEFAULT_SHM_DIRECTORY = Path.of("/dev/shm/mooncake4j");

    /** What backs the memory. */
    public enum Source {
        /** A file on tmpfs: outlives the process. */
        SHM,
        /** A file on hugetlbfs: outlives the process. */
        HUGETLBFS,
        /** Direct buffers: end with the process. */
        ANONYMOUS
    }

    public MemoryKind {
        if ((source == Source.ANONYMOUS) != (directory == null)) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    source + " memory with directory " + directory + ": files, and only they, have one");
        }
    }

    public static MemoryKind shm(Path directory) {
        return new MemoryKind(Source.SHM, directory);
    }

    public static MemoryKind hugetlbfs(Path directory) {
        return new MemoryKind(Source.HUGETLBFS, directory);
    }

    public static MemoryKind anonymous() {
        return new MemoryKind(Source.ANONYMOUS, null);
    }

    /**
     * Reads {@code shm}, {@code shm:DIR}, {@code hugetlbfs:DIR} or {@code anonymous}.
     *
     * @throws StoreException INVALID_PARAMS for anything else
     */
    public static MemoryKind parse(String text) {
        if (text.equals("shm")) {
            return shm(DEFAULT_SHM_DIRECTORY);
        }
        if (text.equals("anonymous")) {
            return anonymous();
        }
        if (text.startsWith("shm:/")) {
            return shm(Path.of(text.substring("shm:".length())));
        }
        if (text.startsWith("hugetlbfs:/")) {
            return hugetlbfs(Path.of(text.substring("hugetlbfs:".length())));
        }
        throw new StoreException(
                ErrorCode.INVALID_PARAMS,
                "memory kind '" + text + "' is none of shm, shm:/DIR, hugetlbfs:/DIR, anonymous");
    }

    /** Whether the memory is a file, and so can outlive the process. */
    public boolean isFile() {
        return source != Source.ANONYMOUS;
    }

    Path requiredDirectory() {
        return Objects.requireNonNull(directory);
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        String name = source.name().toLowerCase(Locale.ROOT);
        return directory == null ? name : name + ":" + directory;
    }
}
