package io.mooncake4j.master.placement;

import org.jspecify.annotations.Nullable;

/** A committed object and its place in its shard's hash chain and access order. Guarded by its shard. */
final class ObjectEntry {
    /** Stands for whatever object there is; no object and no message has it. */
    static final long ANY_ID = Long.MIN_VALUE;

    final Tenant tenant;
    final byte[] key;
    final long hash;
    final long id;
    final long sizeBytes;
    final long checksum;
    final boolean hardPinned;
    Replica[] replicas;

    /** Nobody may reuse the extents before this instant, by the promises made to readers. */
    long leasedUntilNanos;

    long accessedNanos;
    /** Meaningful while it is soft-pinned; never changed then. */
    long softPinnedUntilNanos;

    @Nullable
    ObjectEntry nextInChain;

    /** Where it is in its shard's {@link AccessRings}; nowhere when hard-pinned, and while unread since its soft pin ended. */
    int place = AccessRings.NOWHERE;

    boolean softPinned;

    ObjectEntry(
            Tenant tenant,
            byte[] key,
            long hash,
            long id,
            long sizeBytes,
            long checksum,
            boolean hardPinned,
            Replica[] replicas,
            long nowNanos) {
        this.tenant = tenant;
        this.key = key;
        this.hash = hash;
        this.id = id;
        this.sizeBytes = sizeBytes;
        this.checksum = checksum;
        this.hardPinned = hardPinned;
        this.replicas = replicas;
        this.leasedUntilNanos = nowNanos;
        this.accessedNanos = nowNanos;
    }

    boolean leased(long nowNanos) {
        return leasedUntilNanos - nowNanos > 0;
    }

    /** Whether some replica can be read now. */
    boolean readable() {
        for (Replica replica : replicas) {
            if (replica.segment().readable()) {
                return true;
            }
        }
        return false;
    }
}
