package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.wire.ErrorCode;
import java.util.UUID;

/** Gives up puts, by grant and by request. Safe for all threads. */
final class Revoking {
    private final MasterCore core;
    private final GrantEnds ends;

    Revoking(MasterCore core, GrantEnds ends) {
        this.core = core;
        this.ends = ends;
    }

    /** As {@link Puts#revoke}. */
    ErrorCode revoke(UUID client, KeySlice key, long grantId, long unanswered, long nowNanos) {
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
            ends.takeBackAll(shard, grant, unanswered, nowNanos);
        }
        ends.endRequest(grant, nowNanos);
        return ErrorCode.OK;
    }

    /** As {@link Puts#revokeRequest}. */
    void revokeRequest(UUID client, long sequence, long nowNanos) {
        core.clients.locked(client, nowNanos, requests -> {
            PutRequest request = requests.open(sequence);
            if (request != null) {
                revokeAll(request, nowNanos);
            }
            requests.end(sequence, nowNanos);
            return null;
        });
    }

    /** Gives up every grant of a request, none of which was written to. The client's requests are locked. */
    void revokeAll(PutRequest request, long nowNanos) {
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
                ends.takeBackAll(shard, grant, 0, nowNanos);
                grant.request.closeOne();
            }
        }
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
}
