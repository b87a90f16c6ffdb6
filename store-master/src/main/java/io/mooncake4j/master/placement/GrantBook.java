package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/** The write grants of one shard: open ones by key, lapsed ones by id, ended ones remembered. Guarded by its shard. */
final class GrantBook {
    /** A grant whose time is over and whose extents wait for its writer or the cut of its session. */
    record Lapsed(Grant grant, @Nullable Quarantined[] quarantined) {}

    private final Long2ObjectHashMap<Grant> openByHash = new Long2ObjectHashMap<>();
    private final Long2ObjectHashMap<Lapsed> lapsed = new Long2ObjectHashMap<>();
    private final EndedGrants ended;
    private int openCount;

    GrantBook(long nowNanos) {
        ended = new EndedGrants(nowNanos);
    }

    int openCount() {
        return openCount;
    }

    @Nullable
    Grant find(KeySlice key) {
        for (Grant grant = openByHash.get(key.hash()); grant != null; grant = grant.nextSameHash) {
            if (key.is(grant.tenant, grant.key)) {
                return grant;
            }
        }
        return null;
    }

    void open(Grant grant) {
        grant.nextSameHash = openByHash.put(grant.hash, grant);
        openCount++;
    }

    void close(Grant grant) {
        Grant first = openByHash.get(grant.hash);
        if (first == grant) {
            if (grant.nextSameHash == null) {
                openByHash.remove(grant.hash);
            } else {
                openByHash.put(grant.hash, grant.nextSameHash);
            }
        } else {
            Grant before = first;
            while (before != null && before.nextSameHash != grant) {
                before = before.nextSameHash;
            }
            if (before == null) {
                throw new IllegalStateException("grant " + grant.id + " is not open");
            }
            before.nextSameHash = grant.nextSameHash;
        }
        grant.nextSameHash = null;
        openCount--;
    }

    boolean isOpen(Grant grant) {
        for (Grant open = openByHash.get(grant.hash); open != null; open = open.nextSameHash) {
            if (open == grant) {
                return true;
            }
        }
        return false;
    }

    List<Grant> dueAt(long nowNanos) {
        List<Grant> due = new ArrayList<>();
        for (Grant first : openByHash.values()) {
            for (Grant grant = first; grant != null; grant = grant.nextSameHash) {
                if (grant.lapsed(nowNanos)) {
                    due.add(grant);
                }
            }
        }
        return due;
    }

    void lapsed(Lapsed grant) {
        lapsed.put(grant.grant().id, grant);
    }

    @Nullable
    Lapsed lapsed(long grantId) {
        return lapsed.get(grantId);
    }

    void forgetLapsed(long grantId) {
        lapsed.remove(grantId);
    }

    /** The grant was committed and its object is gone. */
    void gone(long grantId, long nowNanos) {
        ended.add(grantId, nowNanos);
    }

    boolean wasCommitted(long grantId) {
        return ended.contains(grantId);
    }

    /** What to answer to a writer whose grant is not open. */
    ErrorCode codeOfClosed(long grantId) {
        if (ended.contains(grantId)) {
            return ErrorCode.OK;
        }
        return lapsed.containsKey(grantId) ? ErrorCode.GRANT_LAPSED : ErrorCode.INVALID_WRITE;
    }

    /** Forgets lapsed grants all of whose extents are free, and old ended ones. */
    void sweep(long nowNanos) {
        ended.turn(nowNanos);
        if (!lapsed.isEmpty()) {
            lapsed.values().removeIf(item -> allFreed(item));
        }
    }

    List<Grant> open() {
        List<Grant> grants = new ArrayList<>();
        for (Grant first : openByHash.values()) {
            for (Grant grant = first; grant != null; grant = grant.nextSameHash) {
                grants.add(grant);
            }
        }
        return grants;
    }

    private static boolean allFreed(Lapsed item) {
        for (int i = 0; i < item.quarantined().length; i++) {
            Quarantined quarantined = item.quarantined()[i];
            if (quarantined != null
                    && !item.grant().targets[i].replica().segment().freed(quarantined)) {
                return false;
            }
        }
        return true;
    }
}
