package io.mooncake4j.bench;

import io.mooncake4j.master.journal.MemoryJournal;
import io.mooncake4j.master.placement.Commit;
import io.mooncake4j.master.placement.GrantResult;
import io.mooncake4j.master.placement.KeySlice;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.MasterTimes;
import io.mooncake4j.master.placement.ObjectView;
import io.mooncake4j.master.placement.PlacementStrategy;
import io.mooncake4j.master.placement.PutTerms;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.master.placement.Segments;
import io.mooncake4j.master.placement.Tenant;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.KeyColumn;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Keys per second of the master's core without the network, in batches of 128 over a filled table. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class MasterCoreBenchmark {
    private static final int BATCH = 128;
    private static final int BATCHES = 1024;
    private static final int NODES = 8;

    @Param({"1000000"})
    public int objects;

    private final UUID client = new UUID(1, 2);
    private final AtomicLong sequence = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private final List<KeyColumn> batches = new ArrayList<>();
    private final List<Long> sizes = Collections.nCopies(BATCH, 4096L);
    private final PutTerms terms = new PutTerms(1, 0, false, List.of(), "", false);
    private MasterCore core = newCore();

    private static MasterCore newCore() {
        return new MasterCore(
                new MasterCore.Settings(
                        new Epoch(new UUID(1, 1), 1),
                        new byte[32],
                        MasterTimes.defaults(),
                        PlacementStrategy.of("random"),
                        ThreadLocalRandom::current,
                        SafetyRules.ALL,
                        0,
                        System.nanoTime()),
                new MemoryJournal());
    }

    @Setup
    public void fill() {
        core = newCore();
        for (int i = 0; i < NODES; i++) {
            core.segments()
                    .mount(
                            new Segments.Offer(
                                    UUID.randomUUID(),
                                    "n" + i,
                                    "",
                                    64L << 30,
                                    1L << 30,
                                    new Segment.Address("127.0.0.1", 1, 1),
                                    null),
                            new Commit(),
                            System.nanoTime());
        }
        for (int i = 0; i < objects / BATCH; i++) {
            KeyColumn keys = newKeys();
            putAll(keys);
            if (batches.size() < BATCHES) {
                batches.add(keys);
            }
        }
    }

    private KeyColumn newKeys() {
        List<String> keys = new ArrayList<>(BATCH);
        for (int i = 0; i < BATCH; i++) {
            keys.add("model/llama-3-70b/block-" + written.incrementAndGet());
        }
        return KeyColumn.of(keys);
    }

    private void putAll(KeyColumn keys) {
        long now = System.nanoTime();
        Tenant tenant = core.objects().tenant("");
        List<GrantResult> started =
                core.puts().start(client, sequence.incrementAndGet(), tenant, keys, sizes, terms, now);
        KeySlice key = new KeySlice(tenant);
        Commit commit = new Commit();
        for (int i = 0; i < BATCH; i++) {
            long grant = Objects.requireNonNull(started.get(i).grant()).id();
            core.puts().end(client, key.at(keys, i), grant, 1, 0, 0, commit, now);
        }
    }

    private KeyColumn anyBatch() {
        return batches.get(ThreadLocalRandom.current().nextInt(batches.size()));
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long get() {
        KeyColumn keys = anyBatch();
        KeySlice key = new KeySlice(core.objects().tenant(""));
        long now = System.nanoTime();
        ObjectView found = new ObjectView();
        long bytes = 0;
        for (int i = 0; i < BATCH; i++) {
            if (!core.reads().get(key.at(keys, i), found, core.readLeaseNanos(), now)) {
                throw new IllegalStateException("an object is gone");
            }
            bytes += found.sizeBytes();
        }
        return bytes;
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long exists() {
        KeyColumn keys = anyBatch();
        KeySlice key = new KeySlice(core.objects().tenant(""));
        long bytes = 0;
        for (int i = 0; i < BATCH; i++) {
            bytes += core.reads().sizeOf(key.at(keys, i));
        }
        return bytes;
    }

    /** A put of a new key and the removal of it, so that the table keeps its size. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long putAndRemove() {
        KeyColumn keys = newKeys();
        putAll(keys);
        KeySlice key = new KeySlice(core.objects().tenant(""));
        Commit commit = new Commit();
        long now = System.nanoTime();
        for (int i = 0; i < BATCH; i++) {
            core.removals().remove(key.at(keys, i), commit, now);
        }
        return commit.sequence();
    }
}
