package io.mooncake4j.master.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegionAllocatorTest {
    private static final long MIB = 1 << 20;
    private static final long GIB = 1 << 30;

    @Test
    void shouldBeOneRangeAgainWhenEverythingIsFreedInAnyOrder() {
        RegionAllocator allocator = new RegionAllocator(GIB);
        long[] offsets =
                LongStream.generate(() -> allocator.allocate(MIB)).limit(1024).toArray();
        assertThat(allocator.allocate(1)).isEqualTo(-1);
        assertThat(allocator.usedBytes()).isEqualTo(GIB);
        shuffle(offsets);
        for (long offset : offsets) {
            assertThat(allocator.free(offset)).isEqualTo(MIB);
        }
        assertThat(allocator.largestFreeBytes()).isEqualTo(GIB);
        allocator.check();
    }

    @ParameterizedTest
    @ValueSource(longs = {64, 4096, 100_000, 1_000_000, 1_048_640, 2_097_153})
    void shouldFillARegionToTheLastPlaceWhenLengthsAreEqual(long length) {
        RegionAllocator allocator = new RegionAllocator(64 * MIB);
        long places = 64 * MIB / RegionAllocator.alignedBytes(length);
        long[] offsets =
                LongStream.range(0, places).map(i -> allocator.allocate(length)).toArray();
        assertThat(offsets).doesNotContain(-1).doesNotHaveDuplicates();
        shuffle(offsets);
        for (int i = 0; i < places / 2; i++) {
            allocator.free(offsets[i]);
        }
        for (int i = 0; i < places / 2; i++) {
            assertThat(allocator.allocate(length)).isNotNegative();
        }
        allocator.check();
    }

    @Test
    void shouldRebuildTheSameStateWhenRangesAreClaimedInRandomOrder() {
        RegionAllocator allocator = new RegionAllocator(GIB);
        long[] offsets = LongStream.range(0, GIB / 4096).map(i -> i * 4096).toArray();
        shuffle(offsets);
        for (long offset : offsets) {
            assertThat(allocator.claim(offset, 4000)).isTrue();
        }
        assertThat(allocator.usedBytes()).isEqualTo(GIB / 4096 * 4032);
        assertThat(allocator.largestFreeBytes()).isEqualTo(64);
        allocator.check();
    }

    @Test
    void shouldTakeNothingWhenAClaimedRangeIsNotAllFree() {
        RegionAllocator allocator = new RegionAllocator(4096);
        assertThat(allocator.claim(1024, 100)).isTrue();
        assertThat(allocator.claim(1024, 1)).isFalse();
        assertThat(allocator.claim(960, 65)).isFalse();
        assertThat(allocator.claim(1088, 1)).isFalse();
        assertThat(allocator.claim(1, 1)).isFalse();
        assertThat(allocator.claim(-64, 1)).isFalse();
        assertThat(allocator.claim(4032, 65)).isFalse();
        assertThat(allocator.claim(4096, 1)).isFalse();
        assertThat(allocator.claim(0, Long.MAX_VALUE)).isFalse();
        assertThat(allocator.usedBytes()).isEqualTo(128);
        assertThat(allocator.claim(960, 64)).isTrue();
        assertThat(allocator.claim(1152, 4096 - 1152)).isTrue();
        assertThat(allocator.free(1024)).isEqualTo(128);
        allocator.check();
    }

    @Test
    void shouldRefuseAndChangeNothingWhenAFreedOffsetIsNotInUse() {
        RegionAllocator allocator = new RegionAllocator(4096);
        long offset = allocator.allocate(128);
        for (long wrong : new long[] {-1, -64, offset + 64, offset + 128, 1, 4096, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThatThrownBy(() -> allocator.free(wrong)).isInstanceOf(IllegalStateException.class);
        }
        allocator.free(offset);
        assertThatThrownBy(() -> allocator.free(offset)).isInstanceOf(IllegalStateException.class);
        assertThat(allocator.usedBytes()).isZero();
        allocator.check();
    }

    @Test
    void shouldFindNothingWhenALengthIsLargerThanAnyRegion() {
        assertThat(new RegionAllocator(4096).allocate(4097)).isEqualTo(-1);
        assertThat(new RegionAllocator(4096).allocate(Long.MAX_VALUE)).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0})
    void shouldRefuseWhenALengthIsNotPositive(long length) {
        RegionAllocator allocator = new RegionAllocator(4096);
        assertThatThrownBy(() -> allocator.allocate(length)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> allocator.claim(0, length)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {-64, 0, 63, 100, (1L << 40) + 64})
    void shouldRefuseWhenACapacityIsNotARegions(long capacity) {
        assertThatThrownBy(() -> new RegionAllocator(capacity)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void shuffle(long[] values) {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = values.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            long value = values[i];
            values[i] = values[other];
            values[other] = value;
        }
    }
}
