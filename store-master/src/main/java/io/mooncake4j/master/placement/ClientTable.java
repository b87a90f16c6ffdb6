package io.mooncake4j.master.placement;

import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The PutStarts of every client that was heard of lately. Safe for all threads. */
final class ClientTable {
    private static final long FORGET_NANOS = 600_000_000_000L;

    private final ConcurrentHashMap<UUID, ClientRequests> clients = new ConcurrentHashMap<>();

    ClientRequests of(UUID client) {
        return clients.computeIfAbsent(client, id -> new ClientRequests());
    }

    /** Forgets clients with nothing open that have been quiet for ten minutes. */
    void sweep(long nowNanos) {
        clients.values().removeIf(requests -> {
            synchronized (requests) {
                return requests.idleSince(nowNanos - FORGET_NANOS);
            }
        });
    }
}
