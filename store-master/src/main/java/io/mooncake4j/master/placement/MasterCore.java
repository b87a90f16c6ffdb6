package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.Epoch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The state of one leader's term and the calls on it, by theme. Everything is safe for all threads and never blocks
 * for long; time is passed in, as nanoseconds of one monotonic clock. Lock order: segments, client, shard, segment.
 */
public final class MasterCore {
    private static final int GENERATION_BITS = 24;

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
    /** Numbers of sessions; those of a later term are larger. */
    final AtomicLong generations;

    private volatile long longestLeaseNanos = Long.MAX_VALUE;
    private long followedSinceNanos;
    private @Nullable Inheritance inheritance;
    /** The largest value that found no room since the evictor last asked. */
    private final AtomicLong roomWantedBytes = new AtomicLong();

    private final Puts puts;
    private final Reads reads;
    private final Removals removals;
    private final Segments segments;
    private final CorruptionReports corruption;

    /** The first term of a new cluster. */
    public MasterCore(Settings settings, ChangeLog log) {
        this(settings, log, new DurableState(settings.startNanos()));
    }

    private MasterCore(Settings settings, ChangeLog log, DurableState durable) {
        this.settings = settings;
        this.log = log;
        this.durable = durable;
        this.objects = durable.objects();
        this.segmentTable = durable.segments();
        this.generations = new AtomicLong(settings.epoch().revision() << GENERATION_BITS);
        this.grantIds = new AtomicLong(settings.firstGrantId());
        this.puts = new Puts(this);
        this.reads = new Reads(this);
        this.removals = new Removals(this);
        this.corruption = new CorruptionReports(this);
        this.segments = new Segments(this);
    }

    /**
     * A term that goes on with what the terms before it left; appends the term's first record. Takes about half a second
     * per million objects.
     *
     * @param followedSinceNanos since when the state has seen every change
     * @throws IllegalStateException naming what contradicts itself, if two objects have the same memory
     */
    public static MasterCore takeOver(Settings settings, ChangeLog log, DurableState state, long followedSinceNanos) {
        MasterCore core = new MasterCore(settings, log, state);
        core.followedSinceNanos = followedSinceNanos;
        core.inheritance = new Inheritance(core);
        core.inheritance.take();
        return core;
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

    /** For how long a read lease that is given now lasts. */
    public long readLeaseNanos() {
        return Math.min(longestLeaseNanos, settings.times().readLeaseNanos());
    }

    /** From now on leases are short, so that a successor need not wait long for their end. */
    public void shortenLeases(long longestNanos) {
        longestLeaseNanos = longestNanos;
    }

    /** The record that opened this term; 0 without a durable journal. */
    public long termSequence() {
        return inheritance == null ? 0 : inheritance.termSequence();
    }

    /** How much longer leases last that were given in an earlier term. */
    public long inheritedLeaseNanos(long nowNanos) {
        return inheritance == null ? 0 : inheritance.leftNanos(nowNanos);
    }

    /** Whether a grant that is neither open nor an object's nor remembered was never committed. */
    boolean knowsEndOf(long grantId, long nowNanos) {
        boolean ofThisTerm = grantId - settings.firstGrantId() > 0 && grantId - grantIds.get() <= 0;
        return ofThisTerm || inheritance == null || nowNanos - followedSinceNanos >= EndedGrants.KEPT_NANOS;
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
        if (inheritance != null) {
            inheritance.sweep(nowNanos);
        }
    }
}
