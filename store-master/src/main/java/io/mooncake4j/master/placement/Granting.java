package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.wire.ClockDrift;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Starts puts: grants memory for as many keys as it can. Safe for all threads. */
final class Granting {
    private final MasterCore core;
    private final GrantEnds ends;
    private final Revoking revoking;
    private final Allocation allocation;

    Granting(MasterCore core, GrantEnds ends, Revoking revoking) {
        this.core = core;
        this.ends = ends;
        this.revoking = revoking;
        this.allocation = new Allocation(core);
    }

    /** As {@link Puts#start}. */
    List<GrantResult> start(
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
                    revoking.revokeAll(request, nowNanos);
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
                request.results.add(GrantResult.refused(ErrorCode.INVALID_PARAMS));
            } else if (!keys.objectionTo(i).isEmpty()) {
                request.results.add(GrantResult.refused(ErrorCode.INVALID_KEY));
            } else {
                request.results.add(startOne(request, client, key.at(keys, i), sizeBytes, terms, nowNanos));
            }
        }
    }

    private List<GrantResult> again(PutRequest known, int keyCount) {
        if (known.results.size() != keyCount) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "PutStart " + known.sequence + " came again with " + keyCount + " keys instead of "
                            + known.results.size());
        }
        List<GrantResult> results = new ArrayList<>(keyCount);
        for (GrantResult result : known.results) {
            Grant grant = result.grant();
            results.add(grant == null || isOpen(grant) ? result : GrantResult.refused(ErrorCode.INVALID_WRITE));
        }
        return results;
    }

    private boolean isOpen(Grant grant) {
        ObjectShard shard = core.objects.shardOf(grant.hash);
        synchronized (shard) {
            return shard.grants.isOpen(grant);
        }
    }

    private GrantResult startOne(
            PutRequest request, UUID client, KeySlice key, long sizeBytes, PutTerms terms, long nowNanos) {
        ObjectShard shard = core.objects.shardOf(key.hash());
        synchronized (shard) {
            ObjectEntry entry = shard.find(key);
            if (entry != null && entry.readable()) {
                shard.touch(entry, nowNanos);
                // That it is there acknowledges this put, too (S8).
                boolean told = !shard.isHidden(entry) && core.log.acknowledgesAtOnce();
                return GrantResult.refused(told ? ErrorCode.OBJECT_ALREADY_EXISTS : ErrorCode.PUT_IN_PROGRESS);
            }
            Grant open = shard.grants.find(key);
            if (open != null && open.lapsed(nowNanos)) {
                ends.lapse(shard, open, nowNanos);
                // Its request may be another client's, whose lock comes before this shard's: the sweep ends it.
                ends.endLater(open);
                open = null;
            }
            if (open != null) {
                return open.request == request
                        ? new GrantResult(ErrorCode.OK, open)
                        : GrantResult.refused(ErrorCode.PUT_IN_PROGRESS);
            }
            Grant.Target[] targets = allocation.allocate(sizeBytes, terms, key.hash(), client, nowNanos);
            if (targets.length == 0) {
                return GrantResult.refused(full(sizeBytes));
            }
            if (targets.length < terms.replicas()) {
                core.counters.putsPartial.increment();
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
            return new GrantResult(ErrorCode.OK, grant);
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
            core.counters.putsTooLarge.increment();
            return ErrorCode.INVALID_PARAMS;
        }
        core.counters.putsFull.increment();
        if (sizeBytes <= largestUsable) {
            core.wantRoom(sizeBytes);
        }
        return ErrorCode.NO_AVAILABLE_HANDLE;
    }
}
