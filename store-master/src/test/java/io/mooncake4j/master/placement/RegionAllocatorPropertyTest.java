package io.mooncake4j.master.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegionAllocatorPropertyTest {
    private static final long SMALL_REGION = 64 << 10;

    private enum Kind {
        ALLOCATE,
        FREE,
        CLAIM
    }

    private record Step(Kind kind, long offset, long length) {}

    @Property(tries = 500)
    void shouldAgreeWithTheModelWhenStepsAreArbitrary(@ForAll @Size(max = 150) List<@From("steps") Step> steps) {
        RegionModel model = new RegionModel(SMALL_REGION);
        for (Step step : steps) {
            switch (step.kind) {
                case ALLOCATE -> model.allocate(step.length);
                case CLAIM -> model.claim(step.offset, step.length);
                case FREE -> {
                    if (!model.isEmpty()) {
                        model.free((int) step.offset);
                    }
                }
            }
            model.checkAll();
        }
        model.freeAll();
        model.checkAll();
        assertThat(model.allocator().largestFreeBytes()).isEqualTo(SMALL_REGION);
    }

    @Provide
    Arbitrary<Step> steps() {
        Arbitrary<Long> lengths = Arbitraries.oneOf(
                Arbitraries.longs().between(1, 1024), Arbitraries.longs().between(1, SMALL_REGION + 64));
        Arbitrary<Long> offsets = Arbitraries.oneOf(
                Arbitraries.longs().between(0, SMALL_REGION / 64).map(unit -> unit * 64),
                Arbitraries.longs().between(0, SMALL_REGION));
        return Combinators.combine(Arbitraries.of(Kind.class), offsets, lengths).as(Step::new);
    }

    @Property
    void shouldFindAFreeRangeWhenItIsAnEighthLonger(@ForAll @LongRange(min = 1, max = 1L << 38) long length) {
        long needed = RegionAllocator.alignedBytes(length);
        long gap = RegionAllocator.alignedBytes(needed + needed / 8);
        RegionAllocator allocator = new RegionAllocator(gap + 64 + gap);
        assertThat(allocator.claim(gap, 64 + gap)).isTrue();
        assertThat(allocator.allocate(length)).isZero();
        allocator.check();
    }

    @Property
    void shouldRoundToSixtyFourBytesOnlyWhenARegionHasJustTheLength(
            @ForAll @LongRange(min = 1, max = 1L << 40) long length) {
        RegionAllocator allocator = new RegionAllocator(RegionAllocator.alignedBytes(length));
        assertThat(allocator.allocate(length)).isZero();
        assertThat(allocator.freeBytes()).isZero();
        assertThat(allocator.largestFreeBytes()).isZero();
        assertThat(allocator.allocate(1)).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({"1, 4096", "2, 65536", "3, 1048576", "4, 16777216"})
    void shouldAgreeWithTheModelWhenTheRunIsLong(long seed, long longest) {
        SplittableRandom random = new SplittableRandom(seed);
        long capacity = Math.min(1L << 30, longest * 2000);
        RegionModel model = new RegionModel(capacity);
        for (int i = 0; i < 200_000; i++) {
            int dice = random.nextInt(100);
            long length = 1 + (dice % 2 == 0 ? random.nextLong(longest) : random.nextLong(longest / 64));
            // fills up for a while, then empties for a while
            int allocations = i / 20_000 % 2 == 0 ? 60 : 40;
            if (dice < allocations) {
                boolean done = model.allocate(length);
                if (!done) {
                    model.free(random.nextInt());
                }
            } else if (dice < allocations + 2) {
                model.claim(random.nextLong(capacity) & -64, length);
            } else if (!model.isEmpty()) {
                model.free(random.nextInt(1 << 30));
            }
            if (i % 10_000 == 0) {
                model.checkAll();
            }
        }
        model.freeAll();
        model.checkAll();
        assertThat(model.allocator().largestFreeBytes()).isEqualTo(capacity);
    }
}
