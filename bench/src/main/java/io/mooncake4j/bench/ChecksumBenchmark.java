package io.mooncake4j.bench;

import io.mooncake4j.transfer.wire.Checksum;
import java.nio.ByteBuffer;
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

/** Checksums of values that no cache holds: each call takes the next one of 256 MiB of direct memory. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class ChecksumBenchmark {
    private static final int MEMORY_BYTES = 256 << 20;

    @Param({"4096", "1048576"})
    public int valueBytes;

    private final ByteBuffer memory = ByteBuffer.allocateDirect(MEMORY_BYTES);
    private int at;

    @Setup
    public void touch() {
        for (int i = 0; i < MEMORY_BYTES; i += 4096) {
            memory.put(i, (byte) i);
        }
    }

    @Benchmark
    public long checksum() {
        ByteBuffer value = memory.slice(at, valueBytes);
        at = (at + valueBytes) % MEMORY_BYTES;
        return Checksum.of(value);
    }
}
