package io.mooncake4j.transfer.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class BuddyAllocatorTest {
    private static final int UNIT = BuddyAllocator.MIN_BLOCK_BYTES;

    private record Block(int offset, int bytes) {}

    /** Non-negative steps take a block of that order, negative ones give back a taken one. */
    @Property(tries = 300)
    void shouldNeverOverlapAndMergeFullyWhenUsedAtRandom(
            @ForAll @IntRange(min = 1, max = 100) int units,
            @ForAll @Size(max = 200) List<@IntRange(min = -30, max = 7) Integer> steps) {
        BuddyAllocator allocator = new BuddyAllocator(units * UNIT);
        BitSet used = new BitSet();
        List<Block> taken = new ArrayList<>();

        for (int step : steps) {
            if (step >= 0) {
                int offset = allocator.take(UNIT << step);
                if (offset == BuddyAllocator.NONE) {
                    assertThat(hasAlignedGap(used, units, 1 << step)).isFalse();
                    continue;
                }
                assertThat(offset % (UNIT << step)).isZero();
                Block block = new Block(offset, UNIT << step);
                assertThat(used.get(from(block), to(block)).isEmpty()).isTrue();
                assertThat(to(block)).isLessThanOrEqualTo(units);
                used.set(from(block), to(block));
                taken.add(block);
            } else if (!taken.isEmpty()) {
                Block block = taken.remove(-step % taken.size());
                allocator.give(block.offset, block.bytes);
                used.clear(from(block), to(block));
            }
        }

        taken.forEach(block -> allocator.give(block.offset, block.bytes));
        assertThat(allocator.largestBlockBytes()).isEqualTo(Integer.highestOneBit(units) * UNIT);
        assertThat(allocator.take(allocator.largestBlockBytes())).isNotNegative();
    }

    /** Merged fully, every free block that is aligned to its size can be had. */
    private static boolean hasAlignedGap(BitSet used, int units, int length) {
        for (int at = 0; at + length <= units; at += length) {
            if (used.get(at, at + length).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    @Property
    void shouldRoundToThePowerOfTwoThatHoldsIt(@ForAll @IntRange(max = 1 << 30) int bytes) {
        long block = BuddyAllocator.blockBytes(bytes);

        assertThat(block).isGreaterThanOrEqualTo(bytes);
        assertThat(Long.bitCount(block)).isOne();
        assertThat(block == UNIT || block / 2 < bytes).isTrue();
    }

    private static int from(Block block) {
        return block.offset / UNIT;
    }

    private static int to(Block block) {
        return (block.offset + block.bytes) / UNIT;
    }
}
