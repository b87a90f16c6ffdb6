package io.mooncake4j.master.etcd;

import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.Deadline;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Asks every member of etcd for what is its own, over a connection to each, which is kept for as long as it answers. Safe for
 * all threads.
 */
final class EtcdMembers {
    private final List<URI> endpoints;
    private final Function<URI, EtcdConnection> connect;
    private final Duration timeout;
    private final Map<URI, EtcdConnection> connections = new HashMap<>();
    private boolean closed;

    /** @param timeout for which one that doesn't answer is waited for */
    EtcdMembers(List<URI> endpoints, Function<URI, EtcdConnection> connect, Duration timeout) {
        this.endpoints = endpoints;
        this.connect = connect;
        this.timeout = timeout;
    }

    /** Of all that answer in time. */
    CompletableFuture<List<StatusResponse>> statuses() {
        CompletableFuture<List<StatusResponse>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (CompletableFuture<Optional<StatusResponse>> one :
                endpoints.stream().map(this::status).toList()) {
            all = all.thenCombine(one, (known, answer) -> {
                answer.ifPresent(known::add);
                return known;
            });
        }
        return all;
    }

    private CompletableFuture<Optional<StatusResponse>> status(URI endpoint) {
        EtcdConnection connection;
        synchronized (this) {
            if (closed) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            connection = connections.computeIfAbsent(endpoint, connect);
        }
        Deadline deadline = Deadline.after(timeout.toNanos(), TimeUnit.NANOSECONDS);
        return connection
                .call(MaintenanceGrpc.getStatusMethod(), deadline, StatusRequest.getDefaultInstance())
                .handle((answer, failure) -> {
                    if (failure != null) {
                        leave(endpoint, connection);
                    }
                    return Optional.ofNullable(answer);
                });
    }

    private synchronized void leave(URI endpoint, EtcdConnection failed) {
        connections.remove(endpoint, failed);
        failed.close();
    }

    synchronized void close() {
        closed = true;
        connections.values().forEach(EtcdConnection::close);
    }
}
