package io.mooncake4j.master.etcd;

import io.mooncake4j.master.etcd.EtcdException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A client of {@link EtcdModel}, whose requests and answers go over its link. */
final class EtcdModelClient implements Etcd {
    private final EtcdModel model;
    private final EtcdModel.Link link;
    private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();

    EtcdModelClient(EtcdModel model, EtcdModel.Link link) {
        this.model = model;
        this.link = link;
    }

    private <T> CompletableFuture<T> call(Supplier<T> effect) {
        CompletableFuture<T> future = new CompletableFuture<>();
        if (end.isDone()) {
            future.completeExceptionally(new EtcdException(Kind.CLOSED, "this client is closed"));
            return future;
        }
        Runnable silence =
                () -> future.completeExceptionally(new EtcdException(Kind.UNKNOWN_OUTCOME, "no answer in time"));
        link.request(
                () -> {
                    model.expireLeases();
                    T answer;
                    try {
                        answer = effect.get();
                    } catch (EtcdException e) {
                        link.answer(() -> future.completeExceptionally(e), silence);
                        return;
                    }
                    link.answer(() -> future.complete(answer), silence);
                },
                silence);
        return future;
    }

    @Override
    public CompletableFuture<EtcdRange> range(EtcdRangeQuery query) {
        return call(() -> model.range(query));
    }

    @Override
    public CompletableFuture<@Nullable Void> changed(List<String> keys, long sinceRevision) {
        CompletableFuture<@Nullable Void> news = new CompletableFuture<>();
        Runnable tell = () -> news.complete(null);
        CompletableFuture<@Nullable Void> unused = end.thenRun(tell);
        link.request(
                () -> {
                    model.expireLeases();
                    model.watch(new EtcdModel.Watch(keys, sinceRevision, news::isDone, () -> link.answer(tell, tell)));
                },
                tell);
        return news;
    }

    @Override
    public CompletableFuture<EtcdTxnAnswer> txn(EtcdTxn txn) {
        return call(() -> model.txn(txn));
    }

    @Override
    public CompletableFuture<EtcdLease> grantLease(Duration timeToLive) {
        return call(() -> model.grantLease(timeToLive));
    }

    @Override
    public CompletableFuture<Duration> keepAliveOnce(long leaseId) {
        return call(() -> model.keepAliveOnce(leaseId));
    }

    @Override
    public CompletableFuture<Void> revokeLease(long leaseId) {
        return call(() -> {
            model.end(leaseId);
            return null;
        });
    }

    @Override
    public CompletableFuture<Void> compact(long upTo) {
        return call(() -> {
            model.compact(upTo);
            return null;
        });
    }

    @Override
    public CompletableFuture<EtcdHealth> health() {
        return call(model::health);
    }

    @Override
    public CompletableFuture<List<String>> defragment() {
        return call(model::defragment);
    }

    @Override
    public CompletableFuture<Void> disarm() {
        return call(() -> {
            model.setFull(false);
            return null;
        });
    }

    @Override
    public void close() {
        end.complete(null);
    }
}
