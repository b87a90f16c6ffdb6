package io.mooncake4j.master.placement;

import java.util.Arrays;

/**
 * The blocks of one region in the order of their offsets, without gaps: each ends where the next begins. Offsets and
 * lengths are in the allocator's units. A block is a small number, used again after the block was merged away; the
 * block at offset 0 is always number 0. Not thread-safe.
 */
final class BlockChain {
    static final int NONE = -1;

    private static final int PAGE_BITS = 10;
    private static final int FIRST_BLOCKS = 16;
    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    private final long capacity;
    private long[] offsets = new long[FIRST_BLOCKS];
    /** Of block 0, the last block. */
    private int[] before = new int[FIRST_BLOCKS];
    /** Of the last block, 0; of a block merged away, the next number to use again. */
    private int[] after = new int[FIRST_BLOCKS];

    private int numbersUsed = 1;
    private int size = 1;
    private int spare = NONE;

    /** Where blocks begin: an open-addressed table of block + 1, 0 where empty, by the hash of the block's offset. */
    private int[] slots = new int[2 * FIRST_BLOCKS];

    private int slotShift = Long.numberOfLeadingZeros(slots.length - 1);

    /** Per page of offsets a block that began there; it may be gone by now. */
    private final int[] hints;

    private final int pageShift;

    BlockChain(long capacity) {
        this.capacity = capacity;
        this.pageShift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(capacity - 1) - PAGE_BITS);
        this.hints = new int[(int) ((capacity - 1) >>> pageShift) + 1];
        index(0);
    }

    int size() {
        return size;
    }

    long offset(int block) {
        return offsets[block];
    }

    long length(int block) {
        int next = after[block];
        return (next == 0 ? capacity : offsets[next]) - offsets[block];
    }

    int previous(int block) {
        return block == 0 ? NONE : before[block];
    }

    int next(int block) {
        int next = after[block];
        return next == 0 ? NONE : next;
    }

    /** The block that begins at the offset, or NONE. */
    int at(long offset) {
        int mask = slots.length - 1;
        for (int slot = home(offset); slots[slot] != 0; slot = (slot + 1) & mask) {
            int block = slots[slot] - 1;
            if (offsets[block] == offset) {
                return block;
            }
        }
        return NONE;
    }

    /** The block that covers the offset. Quick where blocks were made by {@link #split} in the same page. */
    int covering(long offset) {
        int exact = at(offset);
        if (exact != NONE) {
            return exact;
        }
        int page = page(offset);
        while (page > 0 && page(offsets[hints[page]]) != page) {
            page--;
        }
        int block = page(offsets[hints[page]]) == page ? hints[page] : 0;
        while (offsets[block] > offset) {
            block = before[block];
        }
        while (offset - offsets[block] >= length(block)) {
            block = after[block];
        }
        return block;
    }

    /** Shortens the block to the length, which is less than it has; returns the new block behind it. */
    int split(int block, long length) {
        int made = takeNumber();
        int next = after[block];
        offsets[made] = offsets[block] + length;
        before[made] = block;
        after[made] = next;
        after[block] = made;
        before[next] = made;
        size++;
        if (3 * size > 2 * slots.length) {
            growSlots();
        } else {
            index(made);
        }
        hints[page(offsets[made])] = made;
        return made;
    }

    /** The block swallows the one behind it. */
    void mergeNext(int block) {
        int gone = after[block];
        unindex(gone);
        int next = after[gone];
        after[block] = next;
        before[next] = block;
        size--;
        offsets[gone] = NONE;
        after[gone] = spare;
        spare = gone;
    }

    private int takeNumber() {
        if (spare != NONE) {
            int number = spare;
            spare = after[number];
            return number;
        }
        if (numbersUsed == offsets.length) {
            int grown = numbersUsed + (numbersUsed >> 1);
            offsets = Arrays.copyOf(offsets, grown);
            before = Arrays.copyOf(before, grown);
            after = Arrays.copyOf(after, grown);
        }
        return numbersUsed++;
    }

    /** Of an offset that is gone, a page that does not exist. */
    private int page(long offset) {
        return (int) (offset >>> pageShift);
    }

    private int home(long offset) {
        return (int) ((offset * GOLDEN_RATIO) >>> slotShift);
    }

    private void index(int block) {
        int mask = slots.length - 1;
        int slot = home(offsets[block]);
        while (slots[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        slots[slot] = block + 1;
    }

    private void unindex(int block) {
        int mask = slots.length - 1;
        int hole = home(offsets[block]);
        while (slots[hole] != block + 1) {
            hole = (hole + 1) & mask;
        }
        for (int slot = (hole + 1) & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
            int home = home(offsets[slots[slot] - 1]);
            if (((slot - home) & mask) >= ((slot - hole) & mask)) {
                slots[hole] = slots[slot];
                hole = slot;
            }
        }
        slots[hole] = 0;
    }

    private void growSlots() {
        slots = new int[2 * slots.length];
        slotShift--;
        for (int block = 0; block != NONE; block = next(block)) {
            index(block);
        }
    }

    /** Throws IllegalStateException if anything in here contradicts itself. */
    void check() {
        int seen = 0;
        long end = 0;
        for (int block = 0; block != NONE; block = next(block)) {
            seen++;
            Invariant.holds(offsets[block] == end && length(block) > 0, "block %s begins where another ended", block);
            end += length(block);
            Invariant.holds(before[after[block]] == block, "the neighbours of block %s know each other", block);
            Invariant.holds(at(offsets[block]) == block, "block %s is found by its offset", block);
            Invariant.holds(covering(end - 1) == block, "block %s is found by its last unit", block);
        }
        Invariant.holds(end == capacity, "the blocks cover the region: %s", end);
        Invariant.holds(seen == size, "%s blocks are counted", seen);
        int indexed = (int) Arrays.stream(slots).filter(slot -> slot != 0).count();
        Invariant.holds(indexed == size, "%s blocks are indexed", indexed);
    }
}
