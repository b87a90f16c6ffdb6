package io.mooncake4j.transfer.memory;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.regex.Pattern;

/**
 * What a segment is to be made of. The name becomes the file's; the size is rounded down to a multiple of 64 bytes (of
 * a huge page on hugetlbfs); every region but the last has {@code regionBytes}.
 */
public record SegmentMemoryOptions(MemoryKind kind, String name, long sizeBytes, long regionBytes) {
    public static final long MAX_REGION_BYTES = 1L << 30;
    public static final int ALIGNMENT_BYTES = 64;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9\\[][A-Za-z0-9._:%\\[\\]-]{0,199}");

    /** @throws StoreException INVALID_PARAMS for a name, size or region size that can't be */
    public SegmentMemoryOptions {
        if (!NAME.matcher(name).matches()) {
            throw invalid("segment name '" + name
                    + "': it becomes a file name, so use letters, digits and . _ : - % [ ] only");
        }
        if (regionBytes <= 0 || regionBytes > MAX_REGION_BYTES || regionBytes % ALIGNMENT_BYTES != 0) {
            throw invalid("region size " + regionBytes + ": it must be a multiple of 64 bytes and at most 1 GiB");
        }
        sizeBytes -= sizeBytes % ALIGNMENT_BYTES;
        if (sizeBytes <= 0) {
            throw invalid("segment size " + sizeBytes + ": it must be at least 64 bytes");
        }
        if (sizeBytes / regionBytes >= Integer.MAX_VALUE) {
            throw invalid("regions of " + regionBytes + " bytes are too small for " + sizeBytes);
        }
    }

    /** With regions of 1 GiB. */
    public SegmentMemoryOptions(MemoryKind kind, String name, long sizeBytes) {
        this(kind, name, sizeBytes, MAX_REGION_BYTES);
    }

    int regionCount() {
        return (int) ((sizeBytes + regionBytes - 1) / regionBytes);
    }

    int regionLength(int index) {
        return (int) Math.min(regionBytes, sizeBytes - index * regionBytes);
    }

    /** The same in whole pages of the given size. */
    SegmentMemoryOptions inPages(long pageBytes) {
        if (regionBytes % pageBytes != 0) {
            throw invalid("region size " + regionBytes + " is no multiple of the huge page size " + pageBytes);
        }
        if (sizeBytes < pageBytes) {
            throw invalid("segment size " + sizeBytes + " is less than one huge page of " + pageBytes);
        }
        return new SegmentMemoryOptions(kind, name, sizeBytes - sizeBytes % pageBytes, regionBytes);
    }

    private static StoreException invalid(String message) {
        return new StoreException(ErrorCode.INVALID_PARAMS, message);
    }
}
