package io.mooncake4j.master.etcd;

import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A stream on which etcd tells of keys that changed; ends with the first news, and when nobody waits any more. */
final class EtcdWatch implements ClientResponseObserver<WatchRequest, WatchResponse> {
    private final CompletableFuture<@Nullable Void> news = new CompletableFuture<>();

    private EtcdWatch() {}

    /** Completes with the first change, or with the stream. To be cancelled. */
    static CompletableFuture<@Nullable Void> open(Channel channel, CallOptions options, List<WatchRequest> keys) {
        EtcdWatch watch = new EtcdWatch();
        var requests = ClientCalls.asyncBidiStreamingCall(channel.newCall(WatchGrpc.getWatchMethod(), options), watch);
        keys.forEach(requests::onNext);
        return watch.news;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> stream) {
        CompletableFuture<@Nullable Void> unused =
                news.whenComplete((nothing, cancelled) -> stream.cancel("it told its news", null));
    }

    @Override
    public void onNext(WatchResponse answer) {
        if (answer.getEventsCount() > 0 || answer.getCanceled()) {
            news.complete(null);
        }
    }

    @Override
    public void onError(Throwable failure) {
        news.complete(null);
    }

    @Override
    public void onCompleted() {
        news.complete(null);
    }
}
