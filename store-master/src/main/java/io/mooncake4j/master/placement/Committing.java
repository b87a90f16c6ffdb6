package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Ends puts: makes what was placed visible. Safe for all threads. */
final class Committing {
    private final MasterCore core;
    private final GrantEnds ends;

    Committing(MasterCore core, GrantEnds ends) {
        this.core = core;
        this.ends = ends;
    }

    /** As {@link Puts#end}. */
    ErrorCode end(
            UUID client,
            KeySlice key,
            long grantId,
            long placed,
            long unanswered,
            long checksum,
            Commit commit,
            long nowNanos) {
        ObjectShard shard = core.objects.shardOf(key.hash());
        Grant grant;
        ErrorCode code;
        synchronized (shard) {
            ObjectEntry entry = shard.find(key);
            if (entry != null && entry.id == grantId) {
                commit.upTo(core.log.lastSequence());
                return ErrorCode.OK;
            }
            grant = shard.grants.find(key);
            if (grant == null || grant.id != grantId) {
                ErrorCode closed = shard.grants.codeOfClosed(grantId);
                commit.upTo(closed == ErrorCode.OK ? core.log.lastSequence() : 0);
                return closed;
            }
            if (!grant.client.equals(client)) {
                return ErrorCode.ILLEGAL_CLIENT;
            }
            if (((placed | unanswered) & ~grant.allReplicas()) != 0 || (placed & unanswered) != 0) {
                return ErrorCode.INVALID_REPLICA;
            }
            if (grant.lapsed(nowNanos)) {
                ends.lapse(shard, grant, nowNanos);
                code = ErrorCode.GRANT_LAPSED;
            } else {
                code = close(shard, entry, grant, placed, unanswered, checksum, commit, nowNanos);
            }
        }
        ends.endRequest(grant, nowNanos);
        return code;
    }

    private ErrorCode close(
            ObjectShard shard,
            @Nullable ObjectEntry entry,
            Grant grant,
            long placed,
            long unanswered,
            long checksum,
            Commit commit,
            long nowNanos) {
        shard.grants.close(grant);
        boolean keepOld = entry != null && entry.readable();
        List<Replica> visible = new ArrayList<>(grant.targets.length);
        for (int i = 0; i < grant.targets.length; i++) {
            Grant.Target target = grant.targets[i];
            boolean dropped = target.replica().segment().state() == Segment.State.DROPPED;
            if ((placed >>> i & 1) != 0 && !dropped && !keepOld) {
                visible.add(target.replica());
            } else {
                ends.takeBack(grant, target, (unanswered >>> i & 1) != 0, nowNanos);
            }
        }
        if (keepOld) {
            commit.upTo(core.log.lastSequence());
            return ErrorCode.OBJECT_ALREADY_EXISTS;
        }
        if (visible.isEmpty()) {
            return ErrorCode.WRITE_FAIL;
        }
        place(shard, grant, visible.toArray(Replica.NONE), checksum, commit, nowNanos);
        core.counters.putsCommitted.increment();
        core.counters.putBytes.add(grant.sizeBytes);
        core.counters.putSizes.record(grant.sizeBytes);
        return ErrorCode.OK;
    }

    /** S8: with durability "sync" it is visible only after the commit. */
    private void hide(ObjectShard shard, long objectId, long sequence) {
        shard.hide(objectId);
        core.log.whenDurable(sequence, () -> {
            synchronized (shard) {
                shard.show(objectId);
            }
        });
    }

    private void place(
            ObjectShard shard, Grant grant, Replica[] replicas, long checksum, Commit commit, long nowNanos) {
        Change.ObjectPlaced change = new Change.ObjectPlaced(
                grant.tenant.name(),
                grant.key,
                grant.id,
                grant.sizeBytes,
                checksum,
                grant.terms.hardPinned(),
                Change.PlacedReplica.of(replicas));
        long sequence = core.log.append(change);
        commit.upTo(sequence);
        ObjectEntry before = core.durable.apply(shard, change, nowNanos);
        if (core.log.hidesUntilDurable()) {
            hide(shard, grant.id, sequence);
        }
        if (grant.terms.softPinNanos() > 0) {
            ObjectEntry placed = shard.find(new KeySlice(grant.tenant).at(grant.key, 0, grant.key.length));
            shard.softPin(Objects.requireNonNull(placed), nowNanos + grant.terms.softPinNanos());
        }
        if (before != null) {
            core.removals().releaseOnceDurable(before.replicas, before.leasedUntilNanos, sequence, nowNanos);
        }
    }
}
