package io.mooncake4j.master.placement;

import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The PutStarts of every client that was heard of lately. Safe for all threads. */
final class ClientTable {
    private static final long FORGET_NANOS = 600_000_000_000L;

    private final ConcurrentHashMap<UUID, ClientRequests> clients = new ConcurrentHashMap<>();

    /** Does something to a client's requests, under their lock. */
    <T> T locked(UUID client, long nowNanos, Function<ClientRequests, T> action) {
        while (true) {
            ClientRequests requests = clients.computeIfAbsent(client, id -> new ClientRequests(nowNanos));
            synchronized (requests) {
                // A sweep may have forgotten it meanwhile.
                if (clients.get(client) == requests) {
                    return action.apply(requests);
                }
            }
        }
    }

    /** Forgets clients with nothing open that have been quiet for ten minutes. */
    void sweep(long nowNanos) {
        clients.forEach((client, requests) -> {
            synchronized (requests) {
                if (requests.idleSince(nowNanos - FORGET_NANOS)) {
                    clients.remove(client, requests);
                }
            }
        });
    }
}
