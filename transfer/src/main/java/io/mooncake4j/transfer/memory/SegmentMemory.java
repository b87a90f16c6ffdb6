package io.mooncake4j.transfer.memory;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory of one segment, reserved and touched when {@link #open} returns. As a file it outlives the process and
 * returns under the same id if its header proves that nothing about it changed (S6).
 *
 * <p>The regions may be used by any thread at any time; the other methods are for one thread at a time. Closing ends the
 * lock but not the mappings, which go with the last reference to a region's buffer: so close only when nobody uses the
 * regions any more, or another process could find its memory written to.
 */
public final class SegmentMemory implements Regions, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentMemory.class);

    private final List<ByteBuffer> regions;
    private final SegmentMemoryOptions options;
    private final @Nullable SegmentFile file;
    private final Supplier<UUID> newIds;
    private volatile SegmentHeader header;
    private volatile boolean warm;

    SegmentMemory(
            List<ByteBuffer> regions,
            SegmentMemoryOptions options,
            @Nullable SegmentFile file,
            SegmentHeader header,
            boolean warm) {
        this(regions, options, file, header, warm, UUID::randomUUID);
    }

    SegmentMemory(
            List<ByteBuffer> regions,
            SegmentMemoryOptions options,
            @Nullable SegmentFile file,
            SegmentHeader header,
            boolean warm,
            Supplier<UUID> newIds) {
        this.regions = regions;
        this.options = options;
        this.file = file;
        this.newIds = newIds;
        this.header = header;
        this.warm = warm;
    }

    /**
     * Opens a segment's memory, made if there is none, and touches every page; takes about a second per GiB if it is new.
     *
     * @throws StoreException INVALID_PARAMS if it can't be had, saying what is missing and what to do;
     *     SEGMENT_ALREADY_EXISTS if somebody else holds the file
     */
    public static SegmentMemory open(SegmentMemoryOptions options, FillProgress progress) {
        return new SegmentMemoryOpener(options, progress, new MemoryBudget(), SegmentMemoryOpener.currentBoot()).open();
    }

    /** The name of this content. Changes only with {@link #renew}. */
    public UUID id() {
        return header.segmentId();
    }

    /** Whether the content is that of an earlier process. */
    public boolean warm() {
        return warm;
    }

    /** The cluster that the content belongs to; empty if it never was mounted. */
    public Optional<UUID> clusterId() {
        return Optional.ofNullable(header.clusterId());
    }

    /** The highest sequence of its journal that a master ever said is durable, while this content lay here; 0: none. */
    public long toldSequence() {
        return header.told().sequence();
    }

    /** The revision of the epoch in which {@link #toldSequence} was said. */
    public long toldRevision() {
        return header.told().revision();
    }

    /** As asked for, rounded down. */
    public long sizeBytes() {
        return options.sizeBytes();
    }

    /** The size of every region but the last. */
    public long regionBytes() {
        return options.regionBytes();
    }

    /** Whether the memory can outlive the process. */
    public boolean isFile() {
        return file != null;
    }

    /**
     * Why the memory is not there any more, though it is mapped: somebody cut its file short, so that what is read is
     * wrong, or kills the process. Empty: it is there.
     */
    public Optional<String> loss() {
        return file == null ? Optional.empty() : file.loss();
    }

    @Override
    public int count() {
        return regions.size();
    }

    @Override
    public ByteBuffer region(int index) {
        return regions.get(index);
    }

    /** Binds the content to a cluster. To be called before anything is written into it. */
    public void adoptCluster(UUID cluster) {
        if (!cluster.equals(header.clusterId())) {
            put(header.withCluster(cluster));
        }
    }

    /** A master said how far its journal is durable; kept with the content, for this process and the next. */
    public void tell(long revision, long sequence) {
        if (sequence != header.told().sequence() || revision != header.told().revision()) {
            put(header.withTold(new SegmentHeader.Told(revision, sequence)));
        }
    }

    /** Becomes empty, under a new id and without cluster. No session may have access to the regions meanwhile. */
    public void renew() {
        put(header.renewed(newIds.get()));
        warm = false;
    }

    private void put(SegmentHeader changed) {
        if (file != null) {
            file.write(changed);
        }
        header = changed;
    }

    /** Suspends: a file stays, for the next process to find. */
    @Override
    public void close() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                LOG.warn("closing {}: {}", file.path(), e.toString());
            }
        }
    }

    /**
     * Leaves: like {@link #close}, but a file is deleted; its memory is free when the mappings are gone.
     *
     * @throws StoreException INTERNAL_ERROR if it can't be deleted
     */
    public void discard() {
        if (file != null) {
            try {
                file.delete();
            } catch (IOException e) {
                throw new StoreException(ErrorCode.INTERNAL_ERROR, "can't delete " + file.path() + ": " + e, e);
            } finally {
                close();
            }
        }
    }

    @Override
    public String toString() {
        return "segment " + id() + " (" + options.kind() + ", " + sizeBytes() + " bytes)";
    }
}
