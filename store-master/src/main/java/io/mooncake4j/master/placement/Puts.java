package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.wire.ClockDrift;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.List;
import java.util.UUID;

/** The calls of a put: start, end, revoke, renew, and what became of it (design section 3). Safe for all threads. */
public final class Puts {
    /** What is known of a grant. */
    public enum Fate {
        OPEN,
        COMMITTED,
        REMOVED,
        NEVER,
        /** It was made in an earlier term; whether it was committed and removed since, this leader can't know. */
        FORGOTTEN
    }

    private final MasterCore core;
    private final GrantEnds ends;
    private final Revoking revoking;
    private final Granting granting;
    private final Committing committing;

    Puts(MasterCore core) {
        this.core = core;
        this.ends = new GrantEnds(core);
        this.revoking = new Revoking(core, ends);
        this.granting = new Granting(core, ends, revoking);
        this.committing = new Committing(core, ends);
    }

    /**
     * Grants what it can; never waits. The same request again gets the same answer.
     *
     * @throws StoreException REQUEST_REVOKED if the request ended before, INVALID_PARAMS if it is not the same again
     */
    public List<GrantResult> start(
            UUID client,
            long sequence,
            Tenant tenant,
            KeyColumn keys,
            List<Long> sizesBytes,
            PutTerms terms,
            long nowNanos) {
        return granting.start(client, sequence, tenant, keys, sizesBytes, terms, nowNanos);
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
        return committing.end(client, key, grantId, placed, unanswered, checksum, commit, nowNanos);
    }

    /** Gives up one open or lapsed grant; the mask says honestly which replicas have unanswered attempts. */
    public ErrorCode revoke(UUID client, KeySlice key, long grantId, long unanswered, long nowNanos) {
        return revoking.revoke(client, key, grantId, unanswered, nowNanos);
    }

    /** Gives up a whole PutStart whose answer never arrived, also before the PutStart itself arrives. */
    public void revokeRequest(UUID client, long sequence, long nowNanos) {
        revoking.revokeRequest(client, sequence, nowNanos);
    }

    /** Prolongs an open grant by a full term; its new deadline is in the grant. */
    public GrantResult renew(UUID client, KeySlice key, long grantId, long nowNanos) {
        ObjectShard shard = core.objects.shardOf(key.hash());
        Grant grant;
        synchronized (shard) {
            grant = shard.grants.find(key);
            if (grant == null || grant.id != grantId) {
                ErrorCode closed = shard.grants.codeOfClosed(grantId);
                return GrantResult.refused(closed == ErrorCode.OK ? ErrorCode.INVALID_WRITE : closed);
            }
            if (!grant.client.equals(client)) {
                return GrantResult.refused(ErrorCode.ILLEGAL_CLIENT);
            }
            if (!grant.lapsed(nowNanos)) {
                grant.deadlineNanos = Math.max(
                        grant.deadlineNanos,
                        nowNanos + ClockDrift.grantedNanos(core.times().grantNanos()));
                return new GrantResult(ErrorCode.OK, grant);
            }
            ends.lapse(shard, grant, nowNanos);
        }
        ends.endRequest(grant, nowNanos);
        return GrantResult.refused(ErrorCode.GRANT_LAPSED);
    }

    /** What became of a grant. */
    public Fate fate(KeySlice key, long grantId, long nowNanos) {
        ObjectShard shard = core.objects.shardOf(key.hash());
        synchronized (shard) {
            ObjectEntry entry = shard.find(key);
            if (entry != null && entry.id == grantId) {
                return shard.isHidden(entry) ? Fate.OPEN : Fate.COMMITTED;
            }
            Grant grant = shard.grants.find(key);
            if (grant != null && grant.id == grantId) {
                return Fate.OPEN;
            }
            if (shard.grants.wasCommitted(grantId)) {
                return Fate.REMOVED;
            }
            return core.knowsEndOf(grantId, nowNanos) ? Fate.NEVER : Fate.FORGOTTEN;
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
        ends.sweep(nowNanos);
    }
}
