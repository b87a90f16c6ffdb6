package io.mooncake4j.master.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A region allocator beside a sorted map of what must be in use; every call goes to both and is compared. */
final class RegionModel {
    private final TreeMap<Long, Long> used = new TreeMap<>();
    private final List<Long> offsets = new ArrayList<>();
    private final RegionAllocator allocator;
    private final long capacity;
    private long usedBytes;

    RegionModel(long capacityBytes) {
        this.allocator = new RegionAllocator(capacityBytes);
        this.capacity = capacityBytes;
    }

    RegionAllocator allocator() {
        return allocator;
    }

    boolean isEmpty() {
        return offsets.isEmpty();
    }

    boolean allocate(long length) {
        boolean promised = length <= allocator.largestFreeBytes();
        long offset = allocator.allocate(length);
        long aligned = aligned(length);
        assertThat(offset >= 0).isEqualTo(promised);
        if (offset < 0) {
            assertThat(longestGap()).as("a free range of 9/8 is never missed").isLessThan(aligned + (aligned + 7) / 8);
        } else {
            assertThat(isFree(offset, aligned)).as("overlap at " + offset).isTrue();
            record(offset, aligned);
        }
        checkSums();
        return offset >= 0;
    }

    void claim(long offset, long length) {
        boolean expected = offset % 64 == 0 && isFree(offset, aligned(length));
        assertThat(allocator.claim(offset, length)).isEqualTo(expected);
        if (expected) {
            record(offset, aligned(length));
        }
        checkSums();
    }

    /** Frees one of those in use, whichever the number picks. */
    void free(int pick) {
        int index = Math.floorMod(pick, offsets.size());
        long offset = offsets.get(index);
        offsets.set(index, offsets.get(offsets.size() - 1));
        offsets.remove(offsets.size() - 1);
        long length = used.remove(offset);
        usedBytes -= length;
        assertThat(allocator.free(offset)).isEqualTo(length);
        checkSums();
    }

    void freeAll() {
        while (!isEmpty()) {
            free(0);
        }
    }

    void checkAll() {
        allocator.check();
        used.forEach(
                (offset, length) -> assertThat(allocator.usedBytesAt(offset)).isEqualTo(length));
        long longest = longestGap();
        assertThat(allocator.largestFreeBytes()).isBetween(longest - longest / 9, longest);
    }

    private long longestGap() {
        long longest = 0;
        long end = 0;
        for (Map.Entry<Long, Long> range : used.entrySet()) {
            longest = Math.max(longest, range.getKey() - end);
            end = range.getKey() + range.getValue();
        }
        return Math.max(longest, capacity - end);
    }

    private boolean isFree(long offset, long length) {
        Map.Entry<Long, Long> before = used.lowerEntry(offset + length);
        return offset >= 0
                && offset + length <= capacity
                && (before == null || before.getKey() + before.getValue() <= offset);
    }

    private void record(long offset, long aligned) {
        assertThat(offset % 64).isZero();
        used.put(offset, aligned);
        offsets.add(offset);
        usedBytes += aligned;
    }

    private void checkSums() {
        assertThat(allocator.usedBytes()).isEqualTo(usedBytes);
        assertThat(allocator.freeBytes()).isEqualTo(capacity - usedBytes);
    }

    private static long aligned(long length) {
        return (length + 63) / 64 * 64;
    }
}
