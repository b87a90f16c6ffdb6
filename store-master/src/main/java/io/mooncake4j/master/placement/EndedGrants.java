package io.mooncake4j.master.placement;

import org.agrona.collections.LongHashSet;

/**
 * Ids of grants that were committed and are gone since, kept for at least two minutes, so that a writer whose answer
 * was lost can still learn it. Guarded by its shard.
 */
final class EndedGrants {
    static final long KEPT_NANOS = 120_000_000_000L;

    private LongHashSet young = new LongHashSet();
    private LongHashSet old = new LongHashSet();
    private long turnedNanos;

    EndedGrants(long nowNanos) {
        turnedNanos = nowNanos;
    }

    void add(long grantId, long nowNanos) {
        turn(nowNanos);
        young.add(grantId);
    }

    boolean contains(long grantId) {
        return young.contains(grantId) || old.contains(grantId);
    }

    void turn(long nowNanos) {
        if (nowNanos - turnedNanos >= KEPT_NANOS) {
            turnedNanos = nowNanos;
            if (!young.isEmpty() || !old.isEmpty()) {
                old = young;
                young = new LongHashSet();
            }
        }
    }
}
