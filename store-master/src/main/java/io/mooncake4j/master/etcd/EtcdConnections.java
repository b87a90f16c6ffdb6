package io.mooncake4j.master.etcd;

import io.grpc.Deadline;
import io.mooncake4j.master.etcd.EtcdException.Kind;
import io.netty.handler.ssl.SslContext;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Stays with one member of etcd until it fails, then goes to the next one: a member that is frozen or cut off costs one
 * call's time-out, not a share of all calls. A connection over which a call got no answer is replaced, since it may be
 * dead without a word, and since gRPC waits for up to two minutes before it tries a broken one again. Safe for all threads.
 */
final class EtcdConnections {
    private static final long NEW_ONE_AT_MOST_EVERY_NANOS = 100_000_000;

    private final EtcdOptions options;
    private final @Nullable SslContext tls;
    private final List<EtcdConnection> retired = new ArrayList<>();
    private int index;
    private EtcdConnection current;
    private boolean closed;

    EtcdConnections(EtcdOptions options) {
        this.options = options;
        this.tls = options.tls() ? EtcdTls.context(options) : null;
        // masters of one cluster spread over the members
        this.index = ThreadLocalRandom.current().nextInt(options.endpoints.size());
        this.current = open();
    }

    private EtcdConnection open() {
        return connect(options.endpoints.get(index));
    }

    /** A connection besides; who takes it closes it. */
    EtcdConnection connect(URI endpoint) {
        return new EtcdConnection(endpoint, options, tls, System.nanoTime());
    }

    synchronized EtcdConnection current() {
        return current;
    }

    /** One try of a call, which ends by the deadline. */
    interface Attempt<T> {
        CompletableFuture<T> over(EtcdConnection connection, Deadline deadline);
    }

    /** Makes a call; again elsewhere if nobody took it. Ends within the request time-out. */
    <T> CompletableFuture<T> call(Attempt<T> attempt) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Deadline deadline = Deadline.after(options.requestTimeout.toNanos(), TimeUnit.NANOSECONDS);
        attempt(attempt, deadline, options.endpoints.size(), true, result);
        return result;
    }

    private <T> void attempt(
            Attempt<T> attempt, Deadline deadline, int triesLeft, boolean mayLogIn, CompletableFuture<T> result) {
        EtcdConnection connection = current();
        attempt.over(connection, deadline).whenComplete((answer, thrown) -> {
            if (thrown == null) {
                result.complete(answer);
                return;
            }
            EtcdFailure failure = failed(connection, thrown);
            if (failure.next() == EtcdFailure.Next.ASK_ANOTHER && triesLeft > 1 && !deadline.isExpired()) {
                attempt(attempt, deadline, triesLeft - 1, mayLogIn, result);
            } else if (failure.next() == EtcdFailure.Next.LOG_IN_AGAIN && mayLogIn && !deadline.isExpired()) {
                attempt(attempt, deadline, triesLeft, false, result);
            } else {
                result.completeExceptionally(failure.told());
            }
        });
    }

    /** How many endpoints there are. */
    int count() {
        return options.endpoints.size();
    }

    /** As etcdctl takes them. */
    String endpoints() {
        return options.endpoints.stream().map(URI::toString).collect(Collectors.joining(","));
    }

    /** Makes a call to each endpoint, one after the other, over connections of their own; says where it failed. */
    <T> CompletableFuture<List<EtcdException>> atEach(Duration time, Attempt<T> attempt) {
        List<EtcdException> failures = new ArrayList<>();
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (URI endpoint : options.endpoints) {
            all = all.thenCompose(done -> at(endpoint, time, attempt))
                    .thenAccept(failure -> failure.ifPresent(failures::add));
        }
        return all.thenApply(done -> failures);
    }

    private <T> CompletableFuture<Optional<EtcdException>> at(URI endpoint, Duration time, Attempt<T> attempt) {
        EtcdConnection connection = connect(endpoint);
        return attempt.over(connection, Deadline.after(time.toNanos(), TimeUnit.NANOSECONDS))
                .handle((answer, thrown) -> {
                    connection.close();
                    return Optional.ofNullable(thrown)
                            .map(each -> EtcdFailure.of(endpoint, each).told());
                });
    }

    /** What a failure on that connection means; the connection is left or logged in again as it takes. */
    private EtcdFailure failed(EtcdConnection connection, Throwable thrown) {
        EtcdFailure failure = EtcdFailure.of(connection.endpoint(), thrown);
        synchronized (this) {
            if (closed) {
                return new EtcdFailure(
                        new EtcdException(Kind.CLOSED, "etcd's client was closed", thrown), EtcdFailure.Next.TELL);
            }
        }
        if (failure.next() == EtcdFailure.Next.TELL
                && failure.told().kind() == Kind.DENIED
                && connection.isUnnamed()) { // etcd took the name in the certificate for the user's
            failure = new EtcdFailure(failure.told(), EtcdFailure.Next.LOG_IN_AGAIN);
        }
        switch (failure.next()) {
            case TELL -> {}
            case LOG_IN_AGAIN -> connection.renewLogin();
            case ASK_ANOTHER, TELL_AND_MOVE -> leave(connection);
        }
        return failure;
    }

    /** Later calls go elsewhere; or over a new connection to the only endpoint there is. */
    private synchronized void leave(EtcdConnection failed) {
        boolean single = options.endpoints.size() == 1;
        boolean young = System.nanoTime() - failed.openedNanos() < NEW_ONE_AT_MOST_EVERY_NANOS;
        if (closed || current != failed || (single && young)) {
            return;
        }
        index = (index + 1) % options.endpoints.size();
        current = open();
        failed.retire();
        retired.removeIf(EtcdConnection::isGone);
        retired.add(failed);
    }

    synchronized void close() {
        closed = true;
        current.close();
        retired.forEach(EtcdConnection::close);
    }
}
