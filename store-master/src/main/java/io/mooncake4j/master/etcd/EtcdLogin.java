package io.mooncake4j.master.etcd;

import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows etcd who calls: logs in by user and password before the first call and sends what etcd gave for it with every
 * call, until etcd doesn't know it any more. Safe for all threads.
 */
final class EtcdLogin extends CallCredentials {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    /** Then it needs no login, as etcd's own client sees it, too. */
    private static final String NOT_NEEDED = "authentication is not enabled";

    private final Supplier<CompletableFuture<Metadata>> logIn;
    private @Nullable CompletableFuture<Metadata> current;

    EtcdLogin(Channel channel, EtcdOptions options) {
        AuthenticateRequest request = AuthenticateRequest.newBuilder()
                .setName(options.user)
                .setPassword(options.password)
                .build();
        this.logIn = () -> EtcdCalls.unary(
                        channel,
                        AuthGrpc.getAuthenticateMethod(),
                        CallOptions.DEFAULT.withDeadlineAfter(options.requestTimeout.toMillis(), TimeUnit.MILLISECONDS),
                        request)
                .handle((answer, failure) -> {
                    Metadata headers = new Metadata();
                    if (failure == null) {
                        headers.put(TOKEN, answer.getToken());
                        return CompletableFuture.completedFuture(headers);
                    }
                    boolean fine = String.valueOf(failure.getMessage()).contains(NOT_NEEDED);
                    return fine
                            ? CompletableFuture.completedFuture(headers)
                            : CompletableFuture.<Metadata>failedFuture(failure);
                })
                .thenCompose(result -> result);
    }

    @Override
    public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier to) {
        login().whenComplete((headers, failure) -> {
            if (failure == null) {
                to.apply(headers);
            } else {
                to.fail(refused(EtcdException.unwrapped(failure)));
            }
        });
    }

    /** gRPC lets credentials fail a call by a few codes only. */
    private static Status refused(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        return switch (status.getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED -> status;
            default ->
                Status.UNAUTHENTICATED.withDescription(status.getDescription()).withCause(failure);
        };
    }

    private synchronized CompletableFuture<Metadata> login() {
        if (current == null || current.isCompletedExceptionally()) {
            current = logIn.get();
        }
        return current;
    }

    /** Whether etcd gave nothing for the password when it was last asked, or is being asked now. */
    synchronized boolean isUnnamed() {
        return current == null
                || !current.isDone()
                || (!current.isCompletedExceptionally() && !current.join().containsKey(TOKEN));
    }

    /** etcd has forgotten what it gave: log in again before the next call. */
    synchronized void renew() {
        current = null;
    }
}
