package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.wire.ClockDrift;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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
        claimMemory();
    }

    /** Per segment at the same time, since a million objects take a while; in an order that is always the same. */
    private void claimMemory() {
        Map<Segment, List<Replica>> present = new LinkedHashMap<>();
        for (int i = 0; i < ObjectTable.SHARDS; i++) {
            ObjectShard shard = core.objects.shard(i);
            synchronized (shard) {
                shard.forEach(entry -> {
                    entry.leasedUntilNanos = heldUntilNanos;
                    for (Replica replica : entry.replicas) {
                        present.computeIfAbsent(replica.segment(), segment -> new ArrayList<>())
                                .add(replica);
                    }
                });
            }
        }
        boolean lost = present.keySet().removeIf(segment -> segment.state() == Segment.State.DROPPED);
        String objection = present.entrySet().parallelStream()
                .map(each -> each.getKey().claim(each.getValue()))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (objection != null) {
            throw new IllegalStateException(objection);
        }
        if (lost) {
            core.removals().dropLost(core.settings.startNanos());
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
