package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.Epoch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The state of one leader's term and the calls on it, by theme. Everything is safe for all threads and never blocks
 * for long; time is passed in, as nanoseconds of one monotonic clock. Lock order: client, shard, segment.
 */
public final class MasterCore {
    /** What a term starts with. */
    public record Settings(
            Epoch epoch,
            byte[] clusterSecret,
            MasterTimes times,
            PlacementStrategy strategy,
            Supplier<? extends RandomGenerator> random,
            SafetyRules rules,
            long firstGrantId,
            long startNanos) {}

    final Settings settings;
    final ChangeLog log;
    final ObjectTable objects;
    final SegmentTable segmentTable;
    final ClientTable clients = new ClientTable();
    final Counters counters = new Counters();
    final AtomicLong grantIds;
    /** An allocation failed; the evictor clears it. */
    final AtomicBoolean roomWanted = new AtomicBoolean();

    private final Puts puts;
    private final Reads reads;
    private final Removals removals;
    private final Segments segments;
    private final CorruptionReports corruption;

    public MasterCore(Settings settings, ChangeLog log) {
        this.settings = settings;
        this.log = log;
        this.objects = new ObjectTable(settings.startNanos());
        this.segmentTable = new SegmentTable();
        this.grantIds = new AtomicLong(settings.firstGrantId());
        this.puts = new Puts(this);
        this.reads = new Reads(this);
        this.removals = new Removals(this);
        this.corruption = new CorruptionReports(this);
        this.segments = new Segments(this);
    }

    public Puts puts() {
        return puts;
    }

    public Reads reads() {
        return reads;
    }

    public Removals removals() {
        return removals;
    }

    public Segments segments() {
        return segments;
    }

    public CorruptionReports corruption() {
        return corruption;
    }

    public ObjectTable objects() {
        return objects;
    }

    public SegmentTable segmentTable() {
        return segmentTable;
    }

    public ChangeLog log() {
        return log;
    }

    public Counters counters() {
        return counters;
    }

    public Epoch epoch() {
        return settings.epoch();
    }

    public MasterTimes times() {
        return settings.times();
    }

    /** Whether an allocation failed since this was asked last. */
    public boolean takeRoomWanted() {
        return roomWanted.getAndSet(false);
    }

    /** Lapses grants, frees what is due, moves node states. To be called about ten times a second, by one thread. */
    public void sweep(long nowNanos) {
        puts.sweep(nowNanos);
        segments.sweep(nowNanos);
        clients.sweep(nowNanos);
    }
}
