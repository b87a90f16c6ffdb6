package io.mooncake4j.master.placement;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The permission to write one put's replicas. Guarded by the shard of its key. */
public final class Grant {
    /** An allocated replica and the session that may write it. */
    public record Target(Replica replica, long processNonce, long generation) {}

    final long id;
    final Tenant tenant;
    final byte[] key;
    final long hash;
    final UUID client;
    final PutRequest request;
    final long sizeBytes;
    final PutTerms terms;
    final Target[] targets;
    long deadlineNanos;

    @Nullable
    Grant nextSameHash;

    Grant(
            long id,
            KeySlice key,
            UUID client,
            PutRequest request,
            long sizeBytes,
            PutTerms terms,
            Target[] targets,
            long deadlineNanos) {
        this.id = id;
        this.tenant = key.tenant();
        this.key = key.copy();
        this.hash = key.hash();
        this.client = client;
        this.request = request;
        this.sizeBytes = sizeBytes;
        this.terms = terms;
        this.targets = targets;
        this.deadlineNanos = deadlineNanos;
    }

    public long id() {
        return id;
    }

    public Target[] targets() {
        return targets;
    }

    boolean lapsed(long nowNanos) {
        return deadlineNanos - nowNanos <= 0;
    }

    long allReplicas() {
        return targets.length == Long.SIZE ? -1L : (1L << targets.length) - 1;
    }
}
