package io.mooncake4j.transfer.server;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** One connection of a client process at this node, from the check of its generation until its thread leaves. */
public final class Session {
    private final UUID client;
    private final long generation;
    private final Runnable closeConnection;
    private final SessionTable table;
    private final CompletableFuture<Void> left = new CompletableFuture<>();

    Session(UUID client, long generation, Runnable closeConnection, SessionTable table) {
        this.client = client;
        this.generation = generation;
        this.closeConnection = closeConnection;
        this.table = table;
    }

    public UUID client() {
        return client;
    }

    public long generation() {
        return generation;
    }

    /** Says that the connection's thread copies no more, ever. Idempotent. */
    public void leave() {
        table.remove(this);
        left.complete(null);
    }

    void close() {
        closeConnection.run();
    }

    CompletableFuture<Void> left() {
        return left;
    }
}
