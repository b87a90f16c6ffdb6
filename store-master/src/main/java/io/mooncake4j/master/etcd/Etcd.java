package io.mooncake4j.master.etcd;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What the master uses of etcd's v3 API. Keys are ASCII text below the cluster's prefix, which callers don't see.
 *
 * <p>Every call is asynchronous, is tried once (elsewhere only if surely nobody took it), and ends within the request
 * time-out: a failure is an {@link EtcdException}, whose kind says whether the call may have taken effect. Futures
 * complete on threads of the implementation, which must not be blocked. Safe for all threads.
 */
public interface Etcd extends AutoCloseable {
    /** Linearizable reads of single keys or ranges, or, at a revision, of the past. */
    CompletableFuture<EtcdRange> range(EtcdRangeQuery query);

    /**
     * Completes when one of the keys has been written or deleted since the revision. No more than a hint to look: it also
     * completes when etcd or the connection can't tell any more, and where both are silent it never does. So, unlike the
     * others, it has no deadline and doesn't fail; whoever waits cancels it in the end.
     */
    CompletableFuture<@Nullable Void> changed(List<String> keys, long sinceRevision);

    /** All or nothing, if the conditions hold. */
    CompletableFuture<EtcdTxnAnswer> txn(EtcdTxn txn);

    /** A lease and the time to live that etcd gave it, which may be longer than wished. */
    CompletableFuture<EtcdLease> grantLease(Duration timeToLive);

    /** Renews the lease once; the time to live it has from then on. Fails with LEASE_NOT_FOUND if it has ended. */
    CompletableFuture<Duration> keepAliveOnce(long leaseId);

    /** Ends the lease, and deletes the keys attached to it. */
    CompletableFuture<Void> revokeLease(long leaseId);

    /** Forgets what was before the revision: of the whole etcd, whoever wrote it. */
    CompletableFuture<Void> compact(long revision);

    /**
     * Gives free space in the database files back, one member of the endpoints after the other. Each answers nothing
     * meanwhile: about a second for every 100 MiB in use. Says which could not, and why; fails if none could.
     */
    CompletableFuture<List<String>> defragment();

    /** Takes the alarm NOSPACE back: etcd tries to write again. */
    CompletableFuture<Void> disarm();

    /** Size, alarms and whether there are keys that aren't below the prefix; the size is the largest of all that answer. */
    CompletableFuture<EtcdHealth> health();

    @Override
    void close();
}
