package io.mooncake4j.master.etcd;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.CompletableFuture;

/** Calls with one answer. */
final class EtcdCalls {
    private EtcdCalls() {}

    static <Q, A> CompletableFuture<A> unary(
            Channel channel, MethodDescriptor<Q, A> method, CallOptions options, Q request) {
        FirstAnswer<Q, A> answer = new FirstAnswer<>();
        ClientCalls.asyncUnaryCall(channel.newCall(method, options), request, answer);
        return answer.future;
    }

    /** Sends one request into a stream, takes the first answer, and ends the stream. */
    static <Q, A> CompletableFuture<A> onceThroughStream(
            Channel channel, MethodDescriptor<Q, A> method, CallOptions options, Q request) {
        FirstAnswer<Q, A> answer = new FirstAnswer<>();
        var requests = ClientCalls.asyncBidiStreamingCall(channel.newCall(method, options), answer);
        requests.onNext(request);
        requests.onCompleted();
        return answer.future;
    }

    private static final class FirstAnswer<Q, A> implements ClientResponseObserver<Q, A> {
        final CompletableFuture<A> future = new CompletableFuture<>();

        @Override
        public void beforeStart(ClientCallStreamObserver<Q> requests) {}

        @Override
        public void onNext(A answer) {
            future.complete(answer);
        }

        @Override
        public void onError(Throwable failure) {
            future.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            // no more than that: after an answer this changes nothing
            future.completeExceptionally(Status.UNAVAILABLE
                    .withDescription("it ended without an answer")
                    .asRuntimeException());
        }
    }
}
