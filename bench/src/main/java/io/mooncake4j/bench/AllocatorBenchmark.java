package io.mooncake4j.bench;

import io.mooncake4j.master.placement.Extent;
import io.mooncake4j.master.placement.RegionAllocator;
import io.mooncake4j.master.placement.SegmentSpace;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Allocating and freeing around 85 % fill, one call an operation; what is freed is random. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class AllocatorBenchmark {
    private static final long REGION_BYTES = 1L << 30;
    private static final int REGIONS = 16;
    private static final double FILL = 0.85;

    /** How long the objects are. */
    public enum Lengths {
        UNIFORM_4_KIB {
            @Override
            long next(SplittableRandom random) {
                return 4 << 10;
            }
        },
        UNIFORM_1_MIB {
            @Override
            long next(SplittableRandom random) {
                return 1 << 20;
            }
        },
        /** 4 KiB to 16 MiB. */
        POWERS_OF_TWO {
            @Override
            long next(SplittableRandom random) {
                return 4096L << random.nextInt(13);
            }
        },
        /** 4 KiB to 16 MiB, as many below as above 256 KiB. */
        RANDOM {
            @Override
            long next(SplittableRandom random) {
                return (long) (4096 * Math.pow(4096, random.nextDouble()));
            }
        };

        abstract long next(SplittableRandom random);
    }

    @Param
    public Lengths lengths = Lengths.UNIFORM_1_MIB;

    private final SplittableRandom random = new SplittableRandom(1);
    private final long[] someLengths = new long[1 << 16];
    private int next;

    private final RegionAllocator region = new RegionAllocator(REGION_BYTES);
    private final long[] offsets = new long[(int) (REGION_BYTES / 4096)];
    private int offsetCount;

    private final SegmentSpace segment = new SegmentSpace(REGIONS * REGION_BYTES, REGION_BYTES);
    private final Extent[][] extents = new Extent[REGIONS * offsets.length][];
    private int extentCount;

    /** The warm-up fills region and segment. */
    @Setup
    public void setUp() {
        for (int i = 0; i < someLengths.length; i++) {
            someLengths[i] = lengths.next(random);
        }
    }

    /** A region of 1 GiB. */
    @Benchmark
    public long region() {
        if (region.usedBytes() < FILL * region.capacityBytes()) {
            long offset = region.allocate(nextLength());
            if (offset >= 0) {
                offsets[offsetCount++] = offset;
                return offset;
            }
        }
        int pick = random.nextInt(offsetCount);
        long offset = offsets[pick];
        offsets[pick] = offsets[--offsetCount];
        return region.free(offset);
    }

    /** A segment of 16 such regions. */
    @Benchmark
    public Object segment() {
        if (segment.usedBytes() < FILL * segment.capacityBytes()) {
            Extent[] taken = segment.allocate(nextLength());
            if (taken != null) {
                extents[extentCount++] = taken;
                return taken;
            }
        }
        int pick = random.nextInt(extentCount);
        Extent[] freed = extents[pick];
        extents[pick] = extents[--extentCount];
        for (Extent extent : freed) {
            segment.free(extent);
        }
        return freed;
    }

    private long nextLength() {
        next = (next + 1) & (someLengths.length - 1);
        return someLengths[next];
    }
}
