package io.mooncake4j.master.placement;

import static io.mooncake4j.master.placement.BlockChain.NONE;

/**
 * Hands out ranges of one region. Ranges begin at multiples of 64 bytes and occupy their length rounded up to 64;
 * freed neighbours become one range at once. Allocating and freeing take constant time and, but for growth, make no
 * garbage; a range costs the master's heap about 40 bytes. Not thread-safe: the lock of the region's segment guards it.
 */
public final class RegionAllocator {
    /** Ranges begin and are accounted in multiples of this. */
    public static final int ALIGNMENT_BYTES = 64;

    /** The largest region. */
    public static final long MAX_CAPACITY_BYTES = 1L << 40;

    private final long capacityBytes;
    private final BlockChain chain;
    private final FreeBins bins;
    private long usedBytes;

    /** A region with all of its bytes free; the capacity is a multiple of 64. */
    public RegionAllocator(long capacityBytes) {
        if (capacityBytes < ALIGNMENT_BYTES
                || capacityBytes > MAX_CAPACITY_BYTES
                || capacityBytes % ALIGNMENT_BYTES != 0) {
            throw new IllegalArgumentException("a region has " + capacityBytes + " bytes; make it a multiple of "
                    + ALIGNMENT_BYTES + ", at most " + MAX_CAPACITY_BYTES);
        }
        this.capacityBytes = capacityBytes;
        this.chain = new BlockChain(capacityBytes / ALIGNMENT_BYTES);
        this.bins = new FreeBins(chain);
        bins.add(0);
    }

    /** What a length occupies. */
    public static long alignedBytes(long lengthBytes) {
        return (lengthBytes + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
    }

    /**
     * The offset of a range that is now in use; -1 if and only if the length is more than {@link #largestFreeBytes}. So
     * a free range of 9/8 of what the length occupies is never missed, a shorter one may be.
     */
    public long allocate(long lengthBytes) {
        requirePositive(lengthBytes);
        if (lengthBytes > largestFreeBytes()) {
            return -1;
        }
        long units = alignedBytes(lengthBytes) / ALIGNMENT_BYTES;
        int block = bins.find(units);
        bins.remove(block);
        use(block, units);
        return chain.offset(block) * ALIGNMENT_BYTES;
    }

    /**
     * Takes one exact range, whatever allocated it before; false, and nothing is taken, if any of it is in use, not in
     * the region or not aligned. In any order of offsets this costs about as much as 1/1024 of the region has ranges.
     */
    public boolean claim(long offsetBytes, long lengthBytes) {
        requirePositive(lengthBytes);
        if (offsetBytes < 0
                || offsetBytes % ALIGNMENT_BYTES != 0
                || offsetBytes >= capacityBytes
                || lengthBytes > capacityBytes - offsetBytes) {
            return false;
        }
        long offset = offsetBytes / ALIGNMENT_BYTES;
        long units = alignedBytes(lengthBytes) / ALIGNMENT_BYTES;
        int block = chain.covering(offset);
        long skipped = offset - chain.offset(block);
        if (!bins.contains(block) || chain.length(block) - skipped < units) {
            return false;
        }
        bins.remove(block);
        if (skipped > 0) {
            int rest = chain.split(block, skipped);
            bins.add(block);
            block = rest;
        }
        use(block, units);
        return true;
    }

    /**
     * Frees the range in use that begins at the offset; returns what it occupied.
     *
     * @throws IllegalStateException if no range in use begins there; nothing has changed then
     */
    public long free(long offsetBytes) {
        int block = inUse(offsetBytes);
        if (block == NONE) {
            throw new IllegalStateException("no range in use begins at " + offsetBytes);
        }
        long freedBytes = chain.length(block) * ALIGNMENT_BYTES;
        usedBytes -= freedBytes;
        int next = chain.next(block);
        if (next != NONE && bins.contains(next)) {
            bins.remove(next);
            chain.mergeNext(block);
        }
        int previous = chain.previous(block);
        if (previous != NONE && bins.contains(previous)) {
            bins.remove(previous);
            chain.mergeNext(previous);
            block = previous;
        }
        bins.add(block);
        return freedBytes;
    }

    /** What the range in use that begins at the offset occupies; 0 if there is none. */
    public long usedBytesAt(long offsetBytes) {
        int block = inUse(offsetBytes);
        return block == NONE ? 0 : chain.length(block) * ALIGNMENT_BYTES;
    }

    public long capacityBytes() {
        return capacityBytes;
    }

    /** The sum of what the ranges in use occupy. */
    public long usedBytes() {
        return usedBytes;
    }

    public long freeBytes() {
        return capacityBytes - usedBytes;
    }

    /** The longest that {@link #allocate} finds: that of the longest free range, or at least 8/9 of it. */
    public long largestFreeBytes() {
        int block = bins.largest();
        return block == NONE ? 0 : chain.length(block) * ALIGNMENT_BYTES;
    }

    private void use(int block, long units) {
        if (chain.length(block) > units) {
            bins.add(chain.split(block, units));
        }
        usedBytes += units * ALIGNMENT_BYTES;
    }

    private int inUse(long offsetBytes) {
        if (offsetBytes < 0 || offsetBytes % ALIGNMENT_BYTES != 0) {
            return NONE;
        }
        int block = chain.at(offsetBytes / ALIGNMENT_BYTES);
        return block == NONE || bins.contains(block) ? NONE : block;
    }

    private static void requirePositive(long lengthBytes) {
        if (lengthBytes < 1) {
            throw new IllegalArgumentException("a range of " + lengthBytes + " bytes; it has at least 1");
        }
    }

    /** Throws IllegalStateException if anything in here contradicts itself. */
    void check() {
        chain.check();
        int free = 0;
        long used = 0;
        boolean previousFree = false;
        for (int block = 0; block != NONE; block = chain.next(block)) {
            boolean isFree = bins.contains(block);
            Invariant.holds(!isFree || !previousFree, "free block %s has no free neighbour", block);
            previousFree = isFree;
            free += isFree ? 1 : 0;
            used += isFree ? 0 : chain.length(block) * ALIGNMENT_BYTES;
        }
        Invariant.holds(used == usedBytes, "%s bytes are used", used);
        Invariant.holds(bins.check() == free, "%s free blocks are in bins", free);
    }
}
