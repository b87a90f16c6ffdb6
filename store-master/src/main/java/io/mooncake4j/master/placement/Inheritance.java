package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.wire.ClockDrift;

/**
 * What a new leader finds (S5): everything that is there, and all memory that is free, may still be in use by readers of
 * the term before.
 */
final class Inheritance {
    private final MasterCore core;
    private final long foreignLeaseNanos;
    private final long heldUntilNanos;
    private long termSequence;
    private boolean shortened;

    Inheritance(MasterCore core) {
        this.core = core;
        this.foreignLeaseNanos =
                core.settings.rules().enforce(SafetyRule.HOLD_OFF) ? core.durable.foreignLeaseNanos() : 0;
        this.heldUntilNanos = core.settings.startNanos() + ClockDrift.grantedNanos(foreignLeaseNanos);
    }

    /** Opens the term. Nobody else uses the core yet. */
    void take() {
        MasterCore.Settings term = core.settings;
        termSequence = core.log.append(new Change.TermOpened(
                term.epoch().revision(), Math.max(term.times().readLeaseNanos(), foreignLeaseNanos)));
        for (Segment segment : core.segmentTable.all()) {
            segment.begin(term, core.generations, true, heldUntilNanos, term.startNanos());
        }
        for (int i = 0; i < ObjectTable.SHARDS; i++) {
            ObjectShard shard = core.objects.shard(i);
            synchronized (shard) {
                shard.forEach(this::take);
            }
        }
        core.removals().dropLost(term.startNanos());
    }

    private void take(ObjectEntry entry) {
        entry.leasedUntilNanos = heldUntilNanos;
        for (Replica replica : entry.replicas) {
            Segment segment = replica.segment();
            if (segment.state() == Segment.State.DROPPED) {
                continue;
            }
            for (Extent extent : replica.extents()) {
                if (!segment.claim(extent)) {
                    throw new IllegalStateException("object " + Long.toHexString(entry.id) + " has " + extent
                            + " of segment " + segment.id() + ", which another object has, too, or which is not in it");
                }
            }
        }
    }

    long termSequence() {
        return termSequence;
    }

    long leftNanos(long nowNanos) {
        return Math.max(0, heldUntilNanos - nowNanos);
    }

    /** Once nobody uses what earlier terms promised, the next leader need not wait for that any more. */
    void sweep(long nowNanos) {
        long ownNanos = core.times().readLeaseNanos();
        if (!shortened && foreignLeaseNanos > ownNanos && nowNanos - heldUntilNanos >= 0) {
            shortened = true;
            core.log.append(new Change.TermOpened(core.epoch().revision(), ownNanos));
        }
    }
}
