package io.mooncake4j.master.etcd;

import io.mooncake4j.master.etcd.EtcdMeters.Operation;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An etcd whose calls are counted. */
public final class MeteredEtcd implements Etcd {
    private final Etcd etcd;
    private final EtcdMeters meters;

    public MeteredEtcd(Etcd etcd, EtcdMeters meters) {
        this.etcd = etcd;
        this.meters = meters;
    }

    private <T> CompletableFuture<T> metered(Operation operation, Supplier<CompletableFuture<T>> call) {
        long sentNanos = System.nanoTime();
        return meters.metered(operation, call.get(), sentNanos);
    }

    @Override
    public CompletableFuture<EtcdRange> range(EtcdRangeQuery query) {
        return metered(Operation.RANGE, () -> etcd.range(query));
    }

    /** Not counted: it ends when something happens. Who waits cancels the future itself, so it must be etcd's own. */
    @Override
    public CompletableFuture<@Nullable Void> changed(List<String> keys, long sinceRevision) {
        return etcd.changed(keys, sinceRevision);
    }

    @Override
    public CompletableFuture<EtcdTxnAnswer> txn(EtcdTxn txn) {
        return metered(Operation.TXN, () -> etcd.txn(txn));
    }

    @Override
    public CompletableFuture<EtcdLease> grantLease(Duration timeToLive) {
        return metered(Operation.GRANT_LEASE, () -> etcd.grantLease(timeToLive));
    }

    @Override
    public CompletableFuture<Duration> keepAliveOnce(long leaseId) {
        return metered(Operation.KEEP_ALIVE, () -> etcd.keepAliveOnce(leaseId));
    }

    @Override
    public CompletableFuture<Void> revokeLease(long leaseId) {
        return metered(Operation.REVOKE_LEASE, () -> etcd.revokeLease(leaseId));
    }

    @Override
    public CompletableFuture<Void> compact(long revision) {
        return metered(Operation.COMPACT, () -> etcd.compact(revision));
    }

    @Override
    public CompletableFuture<List<String>> defragment() {
        return metered(Operation.DEFRAGMENT, etcd::defragment);
    }

    @Override
    public CompletableFuture<Void> disarm() {
        return metered(Operation.DISARM, etcd::disarm);
    }

    @Override
    public CompletableFuture<EtcdHealth> health() {
        return metered(Operation.HEALTH, etcd::health);
    }

    @Override
    public void close() {
        etcd.close();
    }
}
