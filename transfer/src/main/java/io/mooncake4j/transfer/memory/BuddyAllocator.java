package io.mooncake4j.transfer.memory;

import java.util.BitSet;

/** Power-of-two blocks of an arena, split and merged with their buddies. Offsets only; not thread-safe. */
final class BuddyAllocator {
    static final int MIN_BLOCK_BYTES = 4096;
    static final int NONE = -1;

    /** Of each order: which blocks of {@code MIN_BLOCK_BYTES << order} are free. */
    private final BitSet[] free;

    BuddyAllocator(int capacityBytes) {
        int units = capacityBytes / MIN_BLOCK_BYTES;
        free = new BitSet[32 - Integer.numberOfLeadingZeros(units)];
        for (int order = 0; order < free.length; order++) {
            free[order] = new BitSet();
        }
        int from = 0;
        for (int order = free.length - 1; order >= 0; order--) {
            if ((units & 1 << order) != 0) {
                free[order].set(from >> order);
                from += 1 << order;
            }
        }
    }

    int largestBlockBytes() {
        return MIN_BLOCK_BYTES << free.length - 1;
    }

    /** The size of the block that holds so many bytes: at most twice as much, but one smallest block at least. */
    static long blockBytes(long bytes) {
        return Math.max(MIN_BLOCK_BYTES, Long.highestOneBit(2 * bytes - 1));
    }

    /** The offset of a free block of that size, taken; {@link #NONE} if there is none. */
    int take(int blockBytes) {
        int wanted = order(blockBytes);
        for (int order = wanted; order < free.length; order++) {
            int block = free[order].nextSetBit(0);
            if (block >= 0) {
                free[order].clear(block);
                for (; order > wanted; order--) {
                    block <<= 1;
                    free[order - 1].set(block + 1);
                }
                return block * blockBytes;
            }
        }
        return NONE;
    }

    /** Gives back what {@link #take} gave for that size. */
    void give(int offset, int blockBytes) {
        int order = order(blockBytes);
        int block = offset / blockBytes;
        while (order + 1 < free.length && free[order].get(block ^ 1)) {
            free[order].clear(block ^ 1);
            block >>= 1;
            order++;
        }
        free[order].set(block);
    }

    private static int order(int blockBytes) {
        return Integer.numberOfTrailingZeros(blockBytes / MIN_BLOCK_BYTES);
    }
}
