package io.mooncake4j.master.placement;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The space of one segment, region by region. Not thread-safe: the segment's lock guards it. */
public final class SegmentSpace {
    /** No extent of an object but its last is shorter than this part of a region. */
    private static final int SHORTEST_PART = 16;

    static final int MOST_REGIONS = 65_536;

    private final long regionBytes;
    private final RegionAllocator[] regions;
    /** Per region, the longest that it can give. */
    private final long[] largestFree;

    private final long capacityBytes;
    private long usedBytes;

    /** Whether there can be a segment of these sizes: multiples of 64, with at most so many regions. */
    public static boolean possible(long sizeBytes, long regionBytes) {
        return sizeBytes > 0
                && regionBytes > 0
                && sizeBytes % RegionAllocator.ALIGNMENT_BYTES == 0
                && regionBytes % RegionAllocator.ALIGNMENT_BYTES == 0
                && (sizeBytes - 1) / regionBytes < MOST_REGIONS;
    }

    /** Both sizes are multiples of 64; the last region may be shorter than the others. */
    public SegmentSpace(long sizeBytes, long regionBytes) {
        if (!possible(sizeBytes, regionBytes)) {
            throw new IllegalArgumentException("no segment has " + sizeBytes + " bytes in regions of " + regionBytes);
        }
        this.capacityBytes = sizeBytes;
        this.regionBytes = regionBytes;
        this.regions = new RegionAllocator[(int) ((sizeBytes - 1) / regionBytes) + 1];
        this.largestFree = new long[regions.length];
        for (int i = 0; i < regions.length; i++) {
            regions[i] = new RegionAllocator(Math.min(regionBytes, sizeBytes - i * regionBytes));
            noteLargest(i);
        }
    }

    /** What a length occupies. */
    public static long alignedBytes(long lengthBytes) {
        return RegionAllocator.alignedBytes(lengthBytes);
    }

    /**
     * Takes space for an object of at least one byte: one extent, or, if it is larger than a region, several in the order
     * of its bytes. Null, and nothing is taken, if it doesn't fit. The first region that can gives: that keeps the last
     * ones whole for long objects.
     */
    public Extent @Nullable [] allocate(long lengthBytes) {
        if (lengthBytes > freeBytes()) {
            return null;
        }
        if (lengthBytes > regionBytes) {
            return allocateInParts(lengthBytes);
        }
        for (int region = 0; region < regions.length; region++) {
            if (largestFree[region] >= lengthBytes) {
                return new Extent[] {taken(region, regions[region].allocate(lengthBytes), lengthBytes)};
            }
        }
        return null;
    }

    private Extent @Nullable [] allocateInParts(long lengthBytes) {
        List<Extent> extents = new ArrayList<>();
        long left = lengthBytes;
        while (left > 0) {
            int best = 0;
            for (int i = 1; i < regions.length; i++) {
                best = largestFree[i] > largestFree[best] ? i : best;
            }
            long part = Math.min(left, largestFree[best]);
            if (part < Math.min(left, regionBytes / SHORTEST_PART)) {
                extents.forEach(this::free);
                return null;
            }
            extents.add(taken(best, regions[best].allocate(part), part));
            left -= part;
        }
        return extents.toArray(new Extent[0]);
    }

    /**
     * Takes an extent that was allocated in an earlier life; false, and nothing is taken, if any of it is in use or not in
     * this segment.
     */
    public boolean claim(Extent extent) {
        if (!hasRegion(extent) || !regions[extent.region()].claim(extent.offset(), extent.lengthBytes())) {
            return false;
        }
        taken(extent.region(), extent.offset(), extent.lengthBytes());
        return true;
    }

    /**
     * Gives an extent back.
     *
     * @throws IllegalStateException if it is not in use with just this offset and length; nothing has changed then
     */
    public void free(Extent extent) {
        if (!holds(extent)) {
            throw new IllegalStateException(extent + " is not in use");
        }
        usedBytes -= regions[extent.region()].free(extent.offset());
        noteLargest(extent.region());
    }

    /** Whether the extent is in use with just this offset and, aligned, this length. */
    public boolean holds(Extent extent) {
        return hasRegion(extent)
                && extent.lengthBytes() > 0
                && regions[extent.region()].usedBytesAt(extent.offset()) == alignedBytes(extent.lengthBytes());
    }

    public long capacityBytes() {
        return capacityBytes;
    }

    /** What the extents in use occupy. */
    public long usedBytes() {
        return usedBytes;
    }

    public long freeBytes() {
        return capacityBytes - usedBytes;
    }

    /** The largest object that fits in one extent; at least 8/9 of the longest free range. */
    public long largestFreeBytes() {
        long largest = 0;
        for (long free : largestFree) {
            largest = Math.max(largest, free);
        }
        return largest;
    }

    private Extent taken(int region, long offset, long lengthBytes) {
        usedBytes += alignedBytes(lengthBytes);
        noteLargest(region);
        return new Extent(region, offset, lengthBytes);
    }

    private void noteLargest(int region) {
        largestFree[region] = regions[region].largestFreeBytes();
    }

    private boolean hasRegion(Extent extent) {
        return extent.region() >= 0 && extent.region() < regions.length;
    }

    /** Throws IllegalStateException if anything in here contradicts itself. */
    void check() {
        long used = 0;
        for (int i = 0; i < regions.length; i++) {
            regions[i].check();
            used += regions[i].usedBytes();
            Invariant.holds(largestFree[i] == regions[i].largestFreeBytes(), "region %s is known", i);
        }
        Invariant.holds(used == usedBytes, "%s bytes are used", used);
    }
}
