package io.mooncake4j.transfer.server;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** One connection of a client process at this node, from the check of its generation until its thread leaves. */
public final class Session {
    private final UUID client;
    private final long generation;
    private final int era;
    private final Runnable closeConnection;
    private final SessionTable table;
    private final CompletableFuture<Void> left = new CompletableFuture<>();
    private volatile boolean writing;

    Session(UUID client, long generation, int era, Runnable closeConnection, SessionTable table) {
        this.client = client;
        this.generation = generation;
        this.era = era;
        this.closeConnection = closeConnection;
        this.table = table;
    }

    public UUID client() {
        return client;
    }

    public long generation() {
        return generation;
    }

    /**
     * Says that the connection's thread is about to check a write: one that is being copied when the leader changes is
     * cut. To be called before the check, so that whoever refuses writes from now on sees every one that was not.
     */
    public void beginWrite() {
        writing = true;
    }

    /** Says that the write is placed, or was refused. */
    public void endWrite() {
        writing = false;
    }

    boolean writing() {
        return writing;
    }

    /** How many leaders had been succeeded here when it was opened. */
    int era() {
        return era;
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
