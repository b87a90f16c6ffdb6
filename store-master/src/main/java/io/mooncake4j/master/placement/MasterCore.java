package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.Epoch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The state of one leader's term and the calls on it, by theme. Everything is safe for all threads and never blocks
 * for long; time is passed in, as nanoseconds of one monotonic clock. Lock order: segments, client, shard, segment.
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
    final DurableState durable;
    final ClientTable clients = new ClientTable();
    final Counters counters = new Counters();
    final AtomicLong grantIds;
    /** The largest value that found no room since the evictor last asked. */
    private final AtomicLong roomWantedBytes = new AtomicLong();

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
        this.durable = new DurableState(objects, segmentTable, settings);
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

    void wantRoom(long bytes) {
        roomWantedBytes.accumulateAndGet(bytes, Math::max);
    }

    /** The largest value that found no room since this was asked last; 0 if all did. */
    public long takeRoomWantedBytes() {
        return roomWantedBytes.getAndSet(0);
    }

    /** Lapses grants, frees what is due, moves node states. To be called about ten times a second, by one thread. */
    public void sweep(long nowNanos) {
        try {
            puts.sweep(nowNanos);
        } finally {
            segments.sweep(nowNanos);
        }
        clients.sweep(nowNanos);
    }
}
