package io.mooncake4j.master.placement;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** What happens to a grant's extents and to its request when it ends. Safe for all threads. */
final class GrantEnds {
    private final MasterCore core;
    private final Queue<Grant> endLater = new ConcurrentLinkedQueue<>();

    GrantEnds(MasterCore core) {
        this.core = core;
    }

    /**
     * Lapse is final; the extents wait for their writer's word or, a little later, the cut of its session. The shard is
     * held; the request is to be ended after it, by {@link #endRequest} or {@link #endLater}.
     */
    void lapse(ObjectShard shard, Grant grant, long nowNanos) {
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

    /** Takes back every extent of a grant that its writer gave up. The shard is held. */
    void takeBackAll(ObjectShard shard, Grant grant, long unanswered, long nowNanos) {
        shard.grants.close(grant);
        for (int i = 0; i < grant.targets.length; i++) {
            takeBack(grant, grant.targets[i], (unanswered >>> i & 1) != 0, nowNanos);
        }
    }

    /** Takes back one replica; one with an unanswered attempt only after its session was cut. The shard is held. */
    void takeBack(Grant grant, Grant.Target target, boolean unanswered, long nowNanos) {
        Segment segment = target.replica().segment();
        if (unanswered) {
            segment.quarantine(target.replica().extents(), grant.client, target, nowNanos);
        } else {
            segment.release(target.replica().extents(), nowNanos, nowNanos);
        }
    }

    /** Tells the grant's request that the grant has ended; no shard is held. */
    void endRequest(Grant grant, long nowNanos) {
        PutRequest request = grant.request;
        if (request.closeOne()) {
            synchronized (request.client) {
                request.client.end(request.sequence, nowNanos);
            }
        }
    }

    /** As {@link #endRequest}, at the next sweep: for a caller that holds a shard. */
    void endLater(Grant grant) {
        endLater.add(grant);
    }

    /** Lapses every grant whose time is over. */
    void sweep(long nowNanos) {
        for (Grant grant = endLater.poll(); grant != null; grant = endLater.poll()) {
            endRequest(grant, nowNanos);
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
                endRequest(grant, nowNanos);
            }
        }
    }
}
