package io.mooncake4j.master.placement;

import static io.mooncake4j.master.placement.BlockChain.NONE;

import java.util.Arrays;

/**
 * The free blocks of a chain by length: for each power of two eight bins of equal width, below 8 units one bin a
 * length. A block lies in the bin whose least length is the largest that the block reaches. A block's length must not
 * change while it is in here. Not thread-safe.
 */
final class FreeBins {
    private static final int LEAF_BITS = 3;
    private static final int LEAVES = 1 << LEAF_BITS;
    /** Enough for lengths up to 2^38 units. */
    private static final int TOPS = 36;

    private static final int ABSENT = -2;

    private final BlockChain chain;
    private final int[] heads = new int[TOPS * LEAVES];
    private final int[] leaves = new int[TOPS];
    private long tops;
    /** ABSENT for a block that is not in here. */
    private int[] before = new int[0];

    private int[] after = new int[0];

    FreeBins(BlockChain chain) {
        this.chain = chain;
        Arrays.fill(heads, NONE);
    }

    boolean contains(int block) {
        return block < before.length && before[block] != ABSENT;
    }

    void add(int block) {
        if (block >= before.length) {
            grow(block);
        }
        int bin = lowerBin(chain.length(block));
        int head = heads[bin];
        before[block] = NONE;
        after[block] = head;
        heads[bin] = block;
        if (head != NONE) {
            before[head] = block;
        } else {
            leaves[bin >>> LEAF_BITS] |= 1 << (bin & (LEAVES - 1));
            tops |= 1L << (bin >>> LEAF_BITS);
        }
    }

    void remove(int block) {
        int previous = before[block];
        int next = after[block];
        before[block] = ABSENT;
        if (next != NONE) {
            before[next] = previous;
        }
        if (previous != NONE) {
            after[previous] = next;
            return;
        }
        int bin = lowerBin(chain.length(block));
        heads[bin] = next;
        if (next == NONE) {
            int top = bin >>> LEAF_BITS;
            leaves[top] &= ~(1 << (bin & (LEAVES - 1)));
            if (leaves[top] == 0) {
                tops &= ~(1L << top);
            }
        }
    }

    /** A block of at least the length, which is at most that of {@link #largest}. */
    int find(long length) {
        // First the place that an object of this very size left, also when that lies between the bounds of two bins.
        int head = heads[lowerBin(length)];
        return head != NONE && chain.length(head) >= length ? head : firstFrom(upperBin(length));
    }

    /** A block of the highest bin that has one: the longest block there is, or at least 8/9 of it; NONE if empty. */
    int largest() {
        if (tops == 0) {
            return NONE;
        }
        int top = highestBit(tops);
        return heads[(top << LEAF_BITS) + highestBit(leaves[top])];
    }

    /** From a bin that is not above the highest that has a block. */
    private int firstFrom(int bin) {
        int top = bin >>> LEAF_BITS;
        int leavesLeft = leaves[top] & (-1 << (bin & (LEAVES - 1)));
        if (leavesLeft == 0) {
            top = Long.numberOfTrailingZeros(tops & (-2L << top));
            leavesLeft = leaves[top];
        }
        return heads[(top << LEAF_BITS) + Integer.numberOfTrailingZeros(leavesLeft)];
    }

    /** The bin of blocks of this length. */
    private static int lowerBin(long length) {
        int shift = highestBit(length) - LEAF_BITS;
        return shift < 0 ? (int) length : (shift << LEAF_BITS) + (int) (length >>> shift);
    }

    /** The lowest bin of which every block has at least this length. */
    private static int upperBin(long length) {
        int shift = highestBit(length) - LEAF_BITS;
        return shift < 0 ? (int) length : lowerBin(length + (1L << shift) - 1);
    }

    private static int highestBit(long value) {
        return Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
    }

    private void grow(int block) {
        int old = before.length;
        int grown = Math.max(block + 1, old + (old >> 1));
        before = Arrays.copyOf(before, grown);
        after = Arrays.copyOf(after, grown);
        Arrays.fill(before, old, grown, ABSENT);
    }

    /** Throws IllegalStateException if anything in here contradicts itself or the chain; returns how many blocks. */
    int check() {
        int count = 0;
        for (int bin = 0; bin < heads.length; bin++) {
            int top = bin >>> LEAF_BITS;
            boolean marked = (leaves[top] & (1 << (bin & (LEAVES - 1)))) != 0;
            Invariant.holds(marked == (heads[bin] != NONE), "bin %s is marked if and only if it has blocks", bin);
            Invariant.holds((tops & (1L << top)) != 0 == (leaves[top] != 0), "top %s is marked like its leaves", top);
            int previous = NONE;
            for (int block = heads[bin]; block != NONE; block = after[block]) {
                count++;
                Invariant.holds(before[block] == previous, "free block %s knows the one before it", block);
                Invariant.holds(lowerBin(chain.length(block)) == bin, "free block %s lies in its bin", block);
                previous = block;
            }
        }
        return count;
    }
}
