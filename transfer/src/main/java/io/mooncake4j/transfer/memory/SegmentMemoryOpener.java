package io.mooncake4j.transfer.memory;

import io.mooncake4j.transfer.memory.MemoryKind.Source;
import io.mooncake4j.transfer.memory.SegmentHeader.Told;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One opening of a segment's memory: checks, reserves, maps and touches it. */
final class SegmentMemoryOpener {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentMemory.class);
    private static final long PIECE_BYTES = 64L << 20;
    private static final int ZEROS_BYTES = 1 << 20;

    private final SegmentMemoryOptions asked;
    private final FillProgress progress;
    private final MemoryBudget budget;
    private final UUID bootId;

    SegmentMemoryOpener(SegmentMemoryOptions options, FillProgress progress, MemoryBudget budget, UUID bootId) {
        this.asked = options;
        this.progress = progress;
        this.budget = budget;
        this.bootId = bootId;
    }

    static UUID currentBoot() {
        try {
            return UUID.fromString(
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).trim());
        } catch (IOException e) {
            throw new StoreException(ErrorCode.NOT_SUPPORTED, "segments need Linux: can't read the boot id: " + e, e);
        }
    }

    SegmentMemory open() {
        if (!asked.kind().isFile()) {
            return anonymous();
        }
        Path directory = asked.kind().requiredDirectory();
        try {
            FileStore store = memoryFileSystem(directory);
            Files.createDirectories(directory);
            SegmentFile file = SegmentFile.lock(directory, asked.name());
            try {
                return inFile(file, store);
            } catch (Throwable e) {
                if (file.readHeader().isEmpty()) {
                    file.delete();
                }
                file.close();
                throw e;
            }
        } catch (IOException e) {
            throw invalid("can't make a segment in " + directory + ": " + e.getMessage() + advice(e), e);
        }
    }

    /** Refuses what is no memory (S6): a page of a file on a disk could outlive the boot that it belongs to. */
    private FileStore memoryFileSystem(Path directory) throws IOException {
        Path existing = directory.toAbsolutePath();
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        FileStore store = Files.getFileStore(existing);
        String wanted = isHuge() ? "hugetlbfs" : "tmpfs";
        if (!store.type().equals(wanted)) {
            throw invalid(
                    directory + " is on " + store.type() + ", not on " + wanted
                            + ": name a directory on one, or mount -t " + wanted + " none " + directory,
                    null);
        }
        return store;
    }

    private boolean isHuge() {
        return asked.kind().source() == Source.HUGETLBFS;
    }

    private SegmentMemory inFile(SegmentFile file, FileStore store) throws IOException {
        long pageBytes = isHuge() ? store.getBlockSize() : SegmentHeader.BYTES;
        SegmentMemoryOptions options = isHuge() ? asked.inPages(pageBytes) : asked;
        long totalBytes = pageBytes + options.sizeBytes();
        SegmentHeader fresh = new SegmentHeader(
                SegmentHeader.LAYOUT_VERSION,
                UUID.randomUUID(),
                null,
                bootId,
                file.inode(),
                options.sizeBytes(),
                options.regionBytes(),
                Told.NOTHING);
        Optional<SegmentHeader> found = file.readHeader();
        Optional<String> loss = loss(file, found, fresh, totalBytes);
        if (loss.isPresent()) {
            LOG.info("{}: starting empty, {}", file.path(), loss.get());
            if (found.isEmpty()) {
                file.truncate();
            }
            if (!isHuge()) {
                budget.require(
                        totalBytes - file.lengthBytes(), store, file.path().getParent());
            }
            file.truncate();
            if (!isHuge()) {
                reserve(file, totalBytes);
            }
        }
        List<ByteBuffer> regions = isHuge() ? mapHuge(file, options, pageBytes) : map(file, options, pageBytes);
        boolean warm = loss.isEmpty() && found.orElseThrow().clusterId() != null;
        SegmentHeader header = warm ? found.orElseThrow() : fresh;
        if (!warm) {
            file.write(header); // a file that was never mounted is as good as new, but for its id
        }
        return new SegmentMemory(regions, options, file, header, warm);
    }

    /** Why the file's content can't be kept. */
    private static Optional<String> loss(
            SegmentFile file, Optional<SegmentHeader> found, SegmentHeader fresh, long totalBytes) throws IOException {
        if (file.lengthBytes() == 0) {
            return Optional.of("the file is new");
        }
        if (found.isEmpty()) {
            return Optional.of("its header is damaged or was never finished");
        }
        Optional<String> mismatch = found.get().mismatch(fresh);
        if (mismatch.isEmpty() && file.lengthBytes() != totalBytes) {
            return Optional.of("its length is " + file.lengthBytes() + ", not " + totalBytes);
        }
        return mismatch;
    }

    /** Takes the pages now: a page that can't be had is an exception here and would be a deadly signal later. */
    private void reserve(SegmentFile file, long totalBytes) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_BYTES);
        ParallelFill fill = new ParallelFill(totalBytes, progress);
        for (long at = 0; at < totalBytes; at += PIECE_BYTES) {
            long from = at;
            long length = Math.min(PIECE_BYTES, totalBytes - from);
            fill.add(length, () -> file.fill(from, length, zeros));
        }
        fill.run();
    }

    /** There mapping is what reserves. */
    private List<ByteBuffer> mapHuge(SegmentFile file, SegmentMemoryOptions options, long pageBytes)
            throws IOException {
        try {
            return map(file, options, pageBytes);
        } catch (IOException e) {
            throw invalid(
                    "the segment needs " + (1 + options.sizeBytes() / pageBytes) + " huge pages of " + (pageBytes >> 10)
                            + " KiB, and the kernel refused (" + e.getMessage() + "): " + freeHugePages()
                            + "; raise it (sysctl vm.nr_hugepages=N) or use a smaller --segment-size",
                    e);
        }
    }

    private List<ByteBuffer> map(SegmentFile file, SegmentMemoryOptions options, long pageBytes) throws IOException {
        file.mapHeader(pageBytes);
        ByteBuffer[] regions = new ByteBuffer[options.regionCount()];
        ParallelFill touch = new ParallelFill(options.sizeBytes(), isHuge() ? progress : FillProgress.NONE);
        for (int i = 0; i < regions.length; i++) {
            MappedByteBuffer region = file.map(pageBytes + i * options.regionBytes(), options.regionLength(i));
            regions[i] = region;
            touch.add(region.capacity(), region::load);
        }
        touch.run();
        return List.of(regions);
    }

    private SegmentMemory anonymous() {
        budget.require(asked.sizeBytes(), null, null);
        ByteBuffer[] regions = new ByteBuffer[asked.regionCount()];
        ParallelFill fill = new ParallelFill(asked.sizeBytes(), progress);
        for (int i = 0; i < regions.length; i++) {
            int index = i;
            fill.add(asked.regionLength(i), () -> regions[index] = DirectMemory.allocate(asked.regionLength(index)));
        }
        try {
            fill.run();
        } catch (IOException e) {
            throw new StoreException(ErrorCode.INTERNAL_ERROR, "allocating memory: " + e, e);
        }
        SegmentHeader header = new SegmentHeader(
                SegmentHeader.LAYOUT_VERSION,
                UUID.randomUUID(),
                null,
                bootId,
                0,
                asked.sizeBytes(),
                asked.regionBytes(),
                Told.NOTHING);
        return new SegmentMemory(List.of(regions), asked, null, header, false);
    }

    private static String advice(IOException e) {
        if (e instanceof AccessDeniedException) { // whose message is only the file
            return " may not be written by this user: chown the directory, or name another one (--memory shm:/dev/shm/DIR)";
        }
        return String.valueOf(e.getMessage()).contains("No space left")
                ? " (something else filled the file system meanwhile: mount -o remount,size=BYTES, or a smaller"
                        + " --segment-size)"
                : "";
    }

    private static String freeHugePages() throws IOException {
        return Files.readAllLines(Path.of("/proc/meminfo")).stream()
                .filter(line -> line.startsWith("HugePages_"))
                .map(line -> line.replaceAll("\\s+", " "))
                .collect(Collectors.joining(", "));
    }

    private static StoreException invalid(String message, @Nullable Throwable cause) {
        return new StoreException(ErrorCode.INVALID_PARAMS, message, cause);
    }
}
