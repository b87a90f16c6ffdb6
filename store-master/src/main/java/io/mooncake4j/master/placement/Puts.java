package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.wire.ClockDrift;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** The calls of a put: start, end, revoke, renew, and what became of it (design section 3). */
public final class Puts {
    /** What is known of a grant. */
    public enum Fate {
        OPEN,
        COMMITTED,
        REMOVED,
        NEVER
    }

    private final MasterCore core;
    private final Allocation allocation;
    private final Queue<Grant> endLater = new ConcurrentLinkedQueue<>();

    Puts(MasterCore core) {
        this.core = core;
        this.allocation = new Allocation(core);
    }

    /**
     * Grants what it can; never waits. The same request again gets the same answer.
     *
     * @throws StoreException REQUEST_REVOKED if the request ended before, INVALID_PARAMS if it is not the same again
     */
    public List<PutStarted> start(
            UUID client,
            long sequence,
            Tenant tenant,
            KeyColumn keys,
            List<Long> sizesBytes,
            PutTerms terms,
            long nowNanos) {
        return core.clients.locked(client, nowNanos, requests -> {
            if (requests.ended(sequence)) {
                throw new StoreException(
                        ErrorCode.REQUEST_REVOKED, "PutStart " + sequence + " of client " + client + " has ended");
            }
            PutRequest known = requests.open(sequence);
            if (known != null) {
                return again(known, keys.count());
            }
            PutRequest request = requests.start(sequence, nowNanos);
            boolean answered = false;
            try {
                startAll(request, client, new KeySlice(tenant), keys, sizesBytes, terms, nowNanos);
                answered = true;
            } finally {
                if (!answered) {
                    revokeAll(request, nowNanos);
                    requests.end(sequence, nowNanos);
                }
            }
            if (request.closeOne()) {
                requests.end(sequence, nowNanos);
            }
            return request.results;
        });
    }

    private void startAll(
            PutRequest request,
            UUID client,
            KeySlice key,
            KeyColumn keys,
            List<Long> sizesBytes,
            PutTerms terms,
            long nowNanos) {
        for (int i = 0; i < keys.count(); i++) {
            long sizeBytes = sizesBytes.get(i);
            if (sizeBytes <= 0) {
                request.results.add(PutStarted.refused(ErrorCode.INVALID_PARAMS));
            } else if (!keys.objectionTo(i).isEmpty()) {
                request.results.add(PutStarted.refused(ErrorCode.INVALID_KEY));
            } else {
                request.results.add(startOne(request, client, key.at(keys, i), sizeBytes, terms, nowNanos));
            }
        }
    }

    private List<PutStarted> again(PutRequest known, int keyCount) {
        if (known.results.size() != keyCount) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "PutStart " + known.sequence + " came again with " + keyCount + " keys instead of "
                            + known.results.size());
        }
        List<PutStarted> results = new ArrayList<>(keyCount);
        for (PutStarted result : known.results) {
            Grant grant = result.grant();
            results.add(grant == null || isOpen(grant) ? result : PutStarted.refused(ErrorCode.INVALID_WRITE));
        }
        return results;
    }

    private boolean isOpen(Grant grant) {
        ObjectShard shard = core.objects.shardOf(grant.hash);
        synchronized (shard) {
            return shard.grants.isOpen(grant);
        }
    }

    private PutStarted startOne(
            PutRequest request, UUID client, KeySlice key, long sizeBytes, PutTerms terms, long nowNanos) {
        ObjectShard shard = core.objects.shardOf(key.hash());
        synchronized (shard) {
            ObjectEntry entry = shard.find(key);
            if (entry != null && entry.readable()) {
                shard.touch(entry, nowNanos);
                return PutStarted.refused(ErrorCode.OBJECT_ALREADY_EXISTS);
            }
            Grant open = shard.grants.find(key);
            if (open != null && open.lapsed(nowNanos)) {
                lapse(shard, open, nowNanos);
                // Its request may be another client's, whose lock comes before this shard's: the sweep ends it.
                endLater.add(open);
                open = null;
            }
            if (open != null) {
                return open.request == request
                        ? new PutStarted(ErrorCode.OK, open)
                        : PutStarted.refused(ErrorCode.PUT_IN_PROGRESS);
            }
            Grant.Target[] targets = allocation.allocate(sizeBytes, terms, key.hash(), client, nowNanos);
            if (targets.length == 0) {
                return PutStarted.refused(full(sizeBytes));
            }
            Grant grant = new Grant(
                    core.grantIds.incrementAndGet(),
                    key,
                    client,
                    request,
                    sizeBytes,
                    terms,
                    targets,
                    nowNanos + ClockDrift.grantedNanos(core.times().grantNanos()));
            request.openOne();
            shard.grants.open(grant);
            return new PutStarted(ErrorCode.OK, grant);
        }
    }

    /** What a value that found no room is told; eviction is asked only for what can help. */
    private ErrorCode full(long sizeBytes) {
        long largest = 0;
        long largestUsable = 0;
        for (Segment segment : core.segmentTable.all()) {
            largest = Math.max(largest, segment.sizeBytes());
            largestUsable = Math.max(largestUsable, segment.usable() ? segment.sizeBytes() : 0);
        }
        if (sizeBytes > largest && largest > 0) {
            return ErrorCode.INVALID_PARAMS;
        }
        if (sizeBytes <= largestUsable) {
            core.wantRoom(sizeBytes);
        }
        return ErrorCode.NO_AVAILABLE_HANDLE;
    }

    /**
     * Makes the placed replicas visible and takes back the others.
     *
     * @param placed bit r: every byte of replica r is placed, every attempt on it was answered
     * @param unanswered bit r: some attempt on replica r was not answered
     * @return OK; OBJECT_ALREADY_EXISTS if a readable object was there (it stays); else why nothing became visible
     */
    public ErrorCode end(
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
                return ErrorCode.OK;
            }
            grant = shard.grants.find(key);
            if (grant == null || grant.id != grantId) {
                return shard.grants.codeOfClosed(grantId);
            }
            if (!grant.client.equals(client)) {
                return ErrorCode.ILLEGAL_CLIENT;
            }
            if (((placed | unanswered) & ~grant.allReplicas()) != 0 || (placed & unanswered) != 0) {
                return ErrorCode.INVALID_REPLICA;
            }
            if (grant.lapsed(nowNanos)) {
                lapse(shard, grant, nowNanos);
                code = ErrorCode.GRANT_LAPSED;
            } else {
                code = close(shard, entry, grant, placed, unanswered, checksum, commit, nowNanos);
            }
        }
        endGrant(grant, nowNanos);
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
                takeBack(grant, target, (unanswered >>> i & 1) != 0, nowNanos);
            }
        }
        if (keepOld) {
            return ErrorCode.OBJECT_ALREADY_EXISTS;
        }
        if (visible.isEmpty()) {
            return ErrorCode.WRITE_FAIL;
        }
        place(shard, grant, visible.toArray(Replica.NONE), checksum, commit, nowNanos);
        core.counters.putsCommitted.increment();
        core.counters.putBytes.add(grant.sizeBytes);
        return ErrorCode.OK;
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
        if (grant.terms.softPinNanos() > 0) {
            ObjectEntry placed = shard.find(new KeySlice(grant.tenant).at(grant.key, 0, grant.key.length));
            shard.softPin(Objects.requireNonNull(placed), nowNanos + grant.terms.softPinNanos());
        }
        if (before != null) {
            shard.grants.gone(before.id, nowNanos);
            core.removals().releaseOnceDurable(before.replicas, before.leasedUntilNanos, sequence, nowNanos);
        }
    }

    /** Gives up one open or lapsed grant; the mask says honestly which replicas have unanswered attempts. */
    public ErrorCode revoke(UUID client, KeySlice key, long grantId, long unanswered, long nowNanos) {
        ObjectShard shard = core.objects.shardOf(key.hash());
        Grant grant;
        synchronized (shard) {
            GrantBook.Lapsed lapsed = shard.grants.lapsed(grantId);
            if (lapsed != null) {
                return lapsed.grant().client.equals(client)
                        ? settle(shard, lapsed, unanswered)
                        : ErrorCode.ILLEGAL_CLIENT;
            }
            grant = shard.grants.find(key);
            if (grant == null || grant.id != grantId) {
                ObjectEntry entry = shard.find(key);
                boolean committed = shard.grants.wasCommitted(grantId) || (entry != null && entry.id == grantId);
                return committed ? ErrorCode.INVALID_WRITE : ErrorCode.OK;
            }
            if (!grant.client.equals(client)) {
                return ErrorCode.ILLEGAL_CLIENT;
            }
            takeBackAll(shard, grant, unanswered, nowNanos);
        }
        endGrant(grant, nowNanos);
        return ErrorCode.OK;
    }

    /** Gives up a whole PutStart whose answer never arrived, also before the PutStart itself arrives. */
    public void revokeRequest(UUID client, long sequence, long nowNanos) {
        core.clients.locked(client, nowNanos, requests -> {
            PutRequest request = requests.open(sequence);
            if (request != null) {
                revokeAll(request, nowNanos);
            }
            requests.end(sequence, nowNanos);
            return null;
        });
    }

    private void revokeAll(PutRequest request, long nowNanos) {
        for (int i = 0; i < request.results.size(); i++) {
            Grant grant = request.grantOf(i);
            if (grant != null) {
                revokeUnwritten(grant, nowNanos);
            }
        }
    }

    private void revokeUnwritten(Grant grant, long nowNanos) {
        ObjectShard shard = core.objects.shardOf(grant.hash);
        synchronized (shard) {
            GrantBook.Lapsed lapsed = shard.grants.lapsed(grant.id);
            if (lapsed != null) {
                settle(shard, lapsed, 0);
            } else if (shard.grants.isOpen(grant)) {
                takeBackAll(shard, grant, 0, nowNanos);
                grant.request.closeOne();
            }
        }
    }

    /** Prolongs an open grant by a full term; null result of {@code grant} unless the code is OK. */
    public PutStarted renew(UUID client, KeySlice key, long grantId, long nowNanos) {
        ObjectShard shard = core.objects.shardOf(key.hash());
        Grant grant;
        synchronized (shard) {
            grant = shard.grants.find(key);
            if (grant == null || grant.id != grantId) {
                ErrorCode closed = shard.grants.codeOfClosed(grantId);
                return PutStarted.refused(closed == ErrorCode.OK ? ErrorCode.INVALID_WRITE : closed);
            }
            if (!grant.client.equals(client)) {
                return PutStarted.refused(ErrorCode.ILLEGAL_CLIENT);
            }
            if (!grant.lapsed(nowNanos)) {
                grant.deadlineNanos = Math.max(
                        grant.deadlineNanos,
                        nowNanos + ClockDrift.grantedNanos(core.times().grantNanos()));
                return new PutStarted(ErrorCode.OK, grant);
            }
            lapse(shard, grant, nowNanos);
        }
        endGrant(grant, nowNanos);
        return PutStarted.refused(ErrorCode.GRANT_LAPSED);
    }

    /** What became of a grant. */
    public Fate fate(KeySlice key, long grantId) {
        ObjectShard shard = core.objects.shardOf(key.hash());
        synchronized (shard) {
            ObjectEntry entry = shard.find(key);
            if (entry != null && entry.id == grantId) {
                return Fate.COMMITTED;
            }
            Grant grant = shard.grants.find(key);
            if (grant != null && grant.id == grantId) {
                return Fate.OPEN;
            }
            return shard.grants.wasCommitted(grantId) ? Fate.REMOVED : Fate.NEVER;
        }
    }

    /** Grants that are open now. */
    public long openGrants() {
        long open = 0;
        for (int i = 0; i < ObjectTable.SHARDS; i++) {
            ObjectShard shard = core.objects.shard(i);
            synchronized (shard) {
                open += shard.grants.openCount();
            }
        }
        return open;
    }

    void sweep(long nowNanos) {
        for (Grant grant = endLater.poll(); grant != null; grant = endLater.poll()) {
            endGrant(grant, nowNanos);
        }
        for (int i = 0; i < ObjectTable.SHARDS; i++) {
            ObjectShard shard = core.objects.shard(i);
            List<Grant> due;
            synchronized (shard) {
                shard.grants.sweep(nowNanos);
                due = shard.grants.openCount() == 0 ? List.of() : shard.grants.dueAt(nowNanos);
                for (Grant grant : due) {
                    lapse(shard, grant, nowNanos);
                }
            }
            for (Grant grant : due) {
                endGrant(grant, nowNanos);
            }
        }
    }

    /** Lapse is final; the extents wait for their writer's word or, a little later, the cut of its session. */
    private void lapse(ObjectShard shard, Grant grant, long nowNanos) {
        shard.grants.close(grant);
        core.counters.grantsLapsed.increment();
        long cutAt = grant.deadlineNanos + core.times().cutAfterLapseNanos();
        @Nullable Quarantined[] quarantined = new @Nullable Quarantined[grant.targets.length];
        for (int i = 0; i < quarantined.length; i++) {
            Grant.Target target = grant.targets[i];
            quarantined[i] =
                    target.replica().segment().quarantine(target.replica().extents(), grant.client, target, cutAt);
        }
        shard.grants.lapsed(new GrantBook.Lapsed(grant, quarantined));
    }

    private ErrorCode settle(ObjectShard shard, GrantBook.Lapsed lapsed, long unanswered) {
        Grant grant = lapsed.grant();
        for (int i = 0; i < grant.targets.length; i++) {
            Quarantined item = lapsed.quarantined()[i];
            if (item != null && (unanswered >>> i & 1) == 0) {
                grant.targets[i].replica().segment().settle(item);
            }
        }
        if ((unanswered & grant.allReplicas()) == 0) {
            shard.grants.forgetLapsed(grant.id);
        }
        return ErrorCode.OK;
    }

    private void takeBackAll(ObjectShard shard, Grant grant, long unanswered, long nowNanos) {
        shard.grants.close(grant);
        for (int i = 0; i < grant.targets.length; i++) {
            takeBack(grant, grant.targets[i], (unanswered >>> i & 1) != 0, nowNanos);
        }
    }

    private void takeBack(Grant grant, Grant.Target target, boolean unanswered, long nowNanos) {
        Segment segment = target.replica().segment();
        if (unanswered) {
            segment.quarantine(target.replica().extents(), grant.client, target, nowNanos);
        } else {
            segment.release(target.replica().extents(), nowNanos, nowNanos);
        }
    }

    /** The grant has ended; no shard is held. */
    private void endGrant(Grant grant, long nowNanos) {
        PutRequest request = grant.request;
        if (request.closeOne()) {
            synchronized (request.client) {
                request.client.end(request.sequence, nowNanos);
            }
        }
    }
}
