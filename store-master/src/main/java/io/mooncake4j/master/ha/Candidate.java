package io.mooncake4j.master.ha;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdEntry;
import io.mooncake4j.master.etcd.EtcdException;
import io.mooncake4j.master.etcd.EtcdLease;
import io.mooncake4j.master.etcd.EtcdRangeQuery;
import io.mooncake4j.master.etcd.EtcdTxn;
import io.mooncake4j.master.journal.Keys;
import io.mooncake4j.master.journal.Loop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One attempt to become leader: one key for all candidates, created if it is absent, with a lease. */
final class Candidate {
    /**
     * It is leader.
     *
     * @param revision the key's create-revision
     * @param sinceNanos before the lease was granted
     */
    record Won(EtcdLease lease, long revision, long sinceNanos) {}

    private final Etcd etcd;
    private final Loop loop;
    private final LeaderKey self;

    Candidate(Etcd etcd, Loop loop, LeaderKey self) {
        this.etcd = etcd;
        this.loop = loop;
        this.self = self;
    }

    /** Null: another leads. Fails if etcd does; whatever was won then ends with its lease. */
    CompletableFuture<@Nullable Won> run(Duration leaseTime) {
        long since = loop.nanoTime();
        return etcd.grantLease(leaseTime).thenCompose(lease -> {
            EtcdTxn txn = new EtcdTxn().ifAbsent(Keys.LEADER).put(Keys.LEADER, self.encode(), lease.id());
            return etcd.txn(txn)
                    .handle((answer, failure) -> {
                        if (failure == null) {
                            return CompletableFuture.completedFuture(
                                    answer.succeeded() ? new Won(lease, answer.revision(), since) : null);
                        }
                        return EtcdException.of(failure).mayHaveHappened()
                                ? settle(lease, since)
                                : CompletableFuture.<@Nullable Won>failedFuture(failure);
                    })
                    .thenCompose(outcome -> outcome)
                    .whenComplete((won, failure) -> {
                        if (won == null) {
                            etcd.revokeLease(lease.id());
                        }
                    });
        });
    }

    /** The answer was lost: the key's nonce tells whose it is. */
    private CompletableFuture<@Nullable Won> settle(EtcdLease lease, long sinceNanos) {
        return etcd.range(EtcdRangeQuery.key(Keys.LEADER)).thenApply(found -> {
            EtcdEntry entry = found.entries().isEmpty() ? null : found.entries().get(0);
            return entry != null && LeaderKey.of(entry).equals(self)
                    ? new Won(lease, entry.createRevision(), sinceNanos)
                    : null;
        });
    }
}
