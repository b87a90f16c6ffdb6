package io.mooncake4j.master.etcd;

import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A stream on which etcd tells of keys that changed; ends with the first news, and when nobody waits any more. */
final class EtcdWatch implements StreamObserver<WatchResponse> {
    private final CompletableFuture<@Nullable Void> news = new CompletableFuture<>();

    private EtcdWatch() {}

    /** Completes with the first change, or with the stream. To be cancelled. */
    static CompletableFuture<@Nullable Void> open(Channel channel, CallOptions options, List<WatchRequest> keys) {
        EtcdWatch watch = new EtcdWatch();
        ClientCall<WatchRequest, WatchResponse> call = channel.newCall(WatchGrpc.getWatchMethod(), options);
        StreamObserver<WatchRequest> requests = ClientCalls.asyncBidiStreamingCall(call, watch);
        keys.forEach(requests::onNext);
        // not before all is sent: into a stream that ended nothing goes, but into one that is cancelled nothing may
        CompletableFuture<@Nullable Void> unused =
                watch.news.whenComplete((nothing, cancelled) -> call.cancel("it told its news", null));
        return watch.news;
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
