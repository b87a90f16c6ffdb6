package io.mooncake4j.master.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentSpaceTest {
    private static final long REGION = 1 << 20;

    @Test
    void shouldGiveOneExtentInOneRegionWhenTheObjectFitsOne() {
        SegmentSpace space = new SegmentSpace(3 * REGION, REGION);
        for (int i = 0; i < 3; i++) {
            Extent[] extents = space.allocate(REGION - 63);
            assertThat(extents).hasSize(1);
            assertThat(extents[0].lengthBytes()).isEqualTo(REGION - 63);
            assertThat(extents[0].offset()).isZero();
        }
        assertThat(space.allocate(1)).isNull();
        assertThat(space.freeBytes()).isZero();
        space.check();
    }

    @Test
    void shouldUseTheShorterLastRegionWhenTheSegmentEndsThere() {
        SegmentSpace space = new SegmentSpace(REGION + 128, REGION);
        assertThat(space.capacityBytes()).isEqualTo(REGION + 128);
        assertThat(space.allocate(REGION)).containsExactly(new Extent(0, 0, REGION));
        assertThat(space.largestFreeBytes()).isEqualTo(128);
        assertThat(space.allocate(129)).isNull();
        assertThat(space.allocate(100)).containsExactly(new Extent(1, 0, 100));
        space.check();
    }

    @Test
    void shouldGiveSeveralExtentsInOrderWhenTheObjectIsLargerThanARegion() {
        SegmentSpace space = new SegmentSpace(4 * REGION, REGION);
        long length = 2 * REGION + REGION / 2 + 1;
        Extent[] extents = space.allocate(length);
        assertThat(extents).hasSize(3);
        assertThat(Arrays.stream(extents).mapToLong(Extent::lengthBytes).sum()).isEqualTo(length);
        assertThat(extents).extracting(Extent::region).doesNotHaveDuplicates();
        assertThat(space.usedBytes()).isEqualTo(2 * REGION + REGION / 2 + 64);
        for (Extent extent : extents) {
            space.free(extent);
        }
        assertThat(space.usedBytes()).isZero();
        assertThat(space.largestFreeBytes()).isEqualTo(REGION);
        space.check();
    }

    @Test
    void shouldPlaceALargeObjectWhenNoRegionIsWhollyFree() {
        SegmentSpace space = new SegmentSpace(4 * REGION, REGION);
        for (int region = 0; region < 4; region++) {
            assertThat(space.claim(new Extent(region, REGION / 4, 64))).isTrue();
        }
        Extent[] extents = space.allocate(2 * REGION);
        assertThat(extents).hasSize(3);
        space.check();
    }

    @Test
    void shouldTakeNothingWhenALargeObjectWouldBeInTooSmallPieces() {
        SegmentSpace space = new SegmentSpace(4 * REGION, REGION);
        for (int region = 1; region < 4; region++) {
            for (long offset = 0; offset < REGION; offset += REGION / 32) {
                assertThat(space.claim(new Extent(region, offset, 64))).isTrue();
            }
        }
        long used = space.usedBytes();
        assertThat(space.allocate(REGION + REGION / 2)).isNull();
        assertThat(space.usedBytes()).isEqualTo(used);
        assertThat(space.largestFreeBytes()).isEqualTo(REGION);
        space.check();
    }

    @ParameterizedTest
    @CsvSource({"11, 700000", "12, 1048576", "13, 3000000"})
    void shouldHoldJustWhatWasGivenWhenTheRunIsLong(long seed, long longest) {
        SplittableRandom random = new SplittableRandom(seed);
        long size = 9 * REGION + 4096;
        SegmentSpace space = new SegmentSpace(size, REGION);
        List<Extent[]> given = new ArrayList<>();
        long used = 0;
        for (int i = 0; i < 50_000; i++) {
            long length = 1 + (long) (longest * Math.pow(random.nextDouble(), 6));
            Extent[] extents = random.nextBoolean() ? space.allocate(length) : null;
            if (extents != null) {
                given.add(extents);
                used += aligned(extents);
                assertThat(Arrays.stream(extents).mapToLong(Extent::lengthBytes).sum())
                        .isEqualTo(length);
                assertThat(extents.length == 1).isEqualTo(length <= REGION);
            } else if (!given.isEmpty()) {
                Extent[] old = given.remove(random.nextInt(given.size()));
                used -= aligned(old);
                Arrays.stream(old).forEach(space::free);
            }
            assertThat(space.usedBytes()).isEqualTo(used);
            if (i % 5_000 == 0) {
                space.check();
                rebuilt(size, given, used).check();
            }
        }
        assertThat(given).allSatisfy(extents -> assertThat(extents).allMatch(space::holds));
        given.forEach(extents -> Arrays.stream(extents).forEach(space::free));
        assertThat(space.freeBytes()).isEqualTo(size);
        assertThat(space.largestFreeBytes()).isEqualTo(REGION);
        space.check();
    }

    private static SegmentSpace rebuilt(long size, List<Extent[]> given, long used) {
        SegmentSpace space = new SegmentSpace(size, REGION);
        given.forEach(extents -> assertThat(extents).allMatch(space::claim));
        given.forEach(extents -> assertThat(extents).allMatch(space::holds).noneMatch(space::claim));
        assertThat(space.usedBytes()).isEqualTo(used);
        return space;
    }

    @Test
    void shouldRefuseAndChangeNothingWhenAFreedExtentIsNotInUse() {
        SegmentSpace space = new SegmentSpace(2 * REGION, REGION);
        Extent extent = space.allocate(1000)[0];
        List<Extent> wrong = List.of(
                new Extent(extent.region(), extent.offset(), 2000),
                new Extent(extent.region(), extent.offset(), 0),
                new Extent(extent.region(), extent.offset() + 64, 1000),
                new Extent(1 - extent.region(), extent.offset(), 1000),
                new Extent(-1, 0, 1000),
                new Extent(2, 0, 1000));
        for (Extent each : wrong) {
            assertThat(space.holds(each)).isFalse();
            assertThatThrownBy(() -> space.free(each)).isInstanceOf(IllegalStateException.class);
        }
        assertThat(space.claim(new Extent(2, 0, 64))).isFalse();
        assertThat(space.usedBytes()).isEqualTo(1024);
        space.free(extent);
        assertThatThrownBy(() -> space.free(extent)).isInstanceOf(IllegalStateException.class);
        space.check();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0})
    void shouldRefuseWhenASizeIsNotPositive(long size) {
        assertThatThrownBy(() -> new SegmentSpace(size, REGION)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SegmentSpace(REGION, size)).isInstanceOf(IllegalArgumentException.class);
        SegmentSpace space = new SegmentSpace(REGION, REGION);
        assertThatThrownBy(() -> space.allocate(size)).isInstanceOf(IllegalArgumentException.class);
    }

    private static long aligned(Extent[] extents) {
        return Arrays.stream(extents)
                .mapToLong(extent -> SegmentSpace.alignedBytes(extent.lengthBytes()))
                .sum();
    }
}
