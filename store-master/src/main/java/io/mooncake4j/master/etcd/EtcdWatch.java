package io.mooncake4j.master.etcd;

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchProgressRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.mooncake4j.master.etcd.EtcdException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A watch that outlives connections: it goes on at the revision after the last one that was told. A stream on which nothing
 * came for a while is asked for a sign of life, since etcd says nothing while nothing changes, and a frozen one never does.
 */
final class EtcdWatch implements AutoCloseable {
    /**
     * What is watched, and who is told.
     *
     * @param from the message that asks for changes from a revision on
     */
    record Request(
            LongFunction<WatchRequest> from,
            Function<List<Event>, List<EtcdChanges>> changes,
            Consumer<EtcdChanges> onChanges,
            Consumer<EtcdException> onEnd) {}

    private static final Logger LOG = LoggerFactory.getLogger(EtcdWatch.class);
    private static final long BACKOFF_MIN_MILLIS = 50;
    private static final long BACKOFF_MAX_MILLIS = 1_000;
    private static final int PATIENCE_MAX = 32;
    private static final WatchRequest SIGN_OF_LIFE = WatchRequest.newBuilder()
            .setProgressRequest(WatchProgressRequest.getDefaultInstance())
            .build();

    private final EtcdConnections connections;
    private final ScheduledExecutorService timer;
    private final Duration silence;
    private final Request request;
    private final Runnable moved = this::moved;

    /** Everything below is touched inside only: one at a time, whatever thread it comes from. */
    private final SynchronizationContext inside =
            new SynchronizationContext((thread, failure) -> LOG.error("a watch of etcd failed", failure));

    private volatile boolean ended;
    private long nextRevision;
    private long backoffMillis = BACKOFF_MIN_MILLIS;
    /** Checks in silence; more each time until changes come, since one large message over a slow network is silence, too. */
    private int patience = 1;

    private @Nullable Stream stream;
    private @Nullable ScheduledFuture<?> checks;

    /** @param silence after which a sign of life is asked for, and after which again the connection is left */
    EtcdWatch(
            EtcdConnections connections,
            ScheduledExecutorService timer,
            Duration silence,
            Request request,
            long fromRevision) {
        this.connections = connections;
        this.timer = timer;
        this.silence = silence;
        this.request = request;
        this.nextRevision = fromRevision;
    }

    void start() {
        connections.onMove(moved);
        inside.execute(() -> {
            try {
                checks = timer.scheduleWithFixedDelay(
                        () -> inside.execute(this::check), silence.toNanos(), silence.toNanos(), TimeUnit.NANOSECONDS);
                open();
            } catch (RejectedExecutionException e) {
                end(closed(e));
            }
        });
    }

    private static EtcdException closed(Throwable cause) {
        return new EtcdException(Kind.CLOSED, "etcd's client was closed", cause);
    }

    private void open() {
        if (!ended) {
            stream = new Stream(connections.current());
            stream.open();
        }
    }

    /** Drops the stream; what still comes from it is ignored. */
    private void leave() {
        if (stream != null) {
            Stream left = stream;
            stream = null;
            left.cancel();
        }
    }

    private void moved() {
        inside.execute(() -> {
            if (stream != null && stream.connection != connections.current()) {
                leave();
                open();
            }
        });
    }

    private void check() {
        if (stream == null) {
            return;
        }
        if (stream.silentChecks < patience) {
            stream.silentChecks++;
            stream.askForSignOfLife();
        } else {
            patience = Math.min(patience * 2, PATIENCE_MAX);
            EtcdConnection dead = stream.connection;
            leave();
            connections.leave(dead);
            open();
        }
    }

    private void received(Stream from, WatchResponse response) {
        if (ended || from != stream) {
            return;
        }
        from.silentChecks = 0;
        if (response.getCanceled()) {
            cancelled(from, response);
            return;
        }
        if (!response.getCreated()) { // which each stream begins with, also before a message that takes too long
            patience = 1;
        } else {
            from.created = true;
            backoffMillis = BACKOFF_MIN_MILLIS;
            if (nextRevision == 0) { // asked for what changes from now on: that is now
                nextRevision = response.getHeader().getRevision() + 1;
            }
        }
        for (EtcdChanges changes : request.changes.apply(response.getEventsList())) {
            if (!ended && changes.revision() >= nextRevision) {
                tell(changes);
            }
        }
    }

    private void tell(EtcdChanges changes) {
        nextRevision = changes.revision() + 1;
        try {
            request.onChanges.accept(changes);
        } catch (RuntimeException e) {
            LOG.error("what watches etcd failed at revision {}; its watch ends", changes.revision(), e);
            leave();
            end(new EtcdException(Kind.REFUSED, "the watcher failed at revision " + changes.revision(), e));
        }
    }

    private void cancelled(Stream from, WatchResponse response) {
        String reason = response.getCancelReason();
        if (response.getCompactRevision() > 0) {
            leave();
            end(new EtcdException(
                    Kind.COMPACTED,
                    "etcd at " + from.connection.endpoint() + ": revision " + nextRevision
                            + " is compacted, the oldest kept is " + response.getCompactRevision()
                            + "; read at a newer revision"));
        } else if (reason.contains("permission denied")) {
            broken(from, Status.PERMISSION_DENIED.withDescription(reason).asRuntimeException());
        } else {
            // such as a login that was forgotten
            broken(from, Status.UNKNOWN.withDescription(reason).asRuntimeException());
        }
    }

    private void broken(Stream from, Throwable failure) {
        if (ended || from != stream) {
            return;
        }
        leave();
        EtcdFailure meant = connections.failed(from.connection, failure);
        boolean passes = switch (meant.told().kind()) {
            case UNKNOWN_OUTCOME -> true;
            case DENIED -> meant.next() == EtcdFailure.Next.LOG_IN_AGAIN;
            case NO_SPACE, COMPACTED, LEASE_NOT_FOUND, REFUSED, CLOSED -> false;
        };
        if (!passes) {
            end(meant.told());
            return;
        }
        LOG.debug("watches etcd anew from revision {}", nextRevision, meant.told());
        long waitMillis = ThreadLocalRandom.current().nextLong(backoffMillis / 2, backoffMillis);
        backoffMillis = Math.min(backoffMillis * 2, BACKOFF_MAX_MILLIS);
        try {
            timer.schedule(() -> inside.execute(this::reopen), waitMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            end(closed(e));
        }
    }

    private void reopen() {
        if (stream == null) {
            open();
        }
    }

    private void end(EtcdException why) {
        if (!ended) {
            finish();
            request.onEnd.accept(why);
        }
    }

    private void finish() {
        ended = true;
        connections.forget(moved);
        if (checks != null) {
            checks.cancel(false);
        }
    }

    /** No call begins after this; one that has begun may still go on. */
    @Override
    public void close() {
        ended = true;
        inside.execute(() -> {
            leave();
            finish();
        });
    }

    /** One call to etcd. */
    private final class Stream implements ClientResponseObserver<WatchRequest, WatchResponse> {
        final EtcdConnection connection;
        boolean created;
        int silentChecks;
        private @Nullable ClientCallStreamObserver<WatchRequest> requests;

        Stream(EtcdConnection connection) {
            this.connection = connection;
        }

        void open() {
            ClientCalls.asyncBidiStreamingCall(
                            connection
                                    .channel()
                                    .newCall(WatchGrpc.getWatchMethod(), connection.withLogin(CallOptions.DEFAULT)),
                            this)
                    .onNext(request.from.apply(nextRevision));
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> to) {
            requests = to;
        }

        void askForSignOfLife() {
            if (created && requests != null) {
                requests.onNext(SIGN_OF_LIFE);
            }
        }

        void cancel() {
            if (requests != null) {
                requests.cancel("not needed any more", null);
            }
        }

        @Override
        public void onNext(WatchResponse response) {
            inside.execute(() -> received(this, response));
        }

        @Override
        public void onError(Throwable failure) {
            inside.execute(() -> broken(this, failure));
        }

        @Override
        public void onCompleted() {
            Throwable failure =
                    Status.UNAVAILABLE.withDescription("etcd ended the watch").asRuntimeException();
            inside.execute(() -> broken(this, failure));
        }
    }
}
