package io.mooncake4j.transfer.server;

import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * The sessions at one node, for one incarnation of its memory, over all transports (S2). Connections are closed, and
 * stages completed, outside its lock. Safe for all threads.
 */
public final class SessionTable {
    private final SafetyRules rules;
    /** In the order of their opening, so that a run can be repeated exactly. */
    private final Set<Session> open = new LinkedHashSet<>();
    /** Per client the highest generation that the present leader had cut; small because cuts are rare. */
    private final Map<UUID, Long> cut = new HashMap<>();

    private final LongAdder cutConnections = new LongAdder();
    private int era;
    private boolean allCut;

    public SessionTable(SafetyRules rules) {
        this.rules = rules;
    }

    /**
     * Admits a connection, which must {@link Session#leave} when its thread has stopped copying.
     *
     * @param closeConnection makes that thread stop soon; may run more than once, on any thread, and must not block
     * @throws StoreException SESSION_CUT if this generation was cut
     */
    public synchronized Session open(UUID client, long generation, Runnable closeConnection) {
        Long cutGeneration = cut.get(client);
        boolean refused = allCut || (cutGeneration != null && generation <= cutGeneration);
        if (refused && rules.enforce(SafetyRule.GENERATION)) {
            throw new StoreException(
                    ErrorCode.SESSION_CUT,
                    "session generation " + generation + " of client " + client
                            + " was cut; start again with a fresh answer of the master");
        }
        Session session = new Session(client, generation, era, closeConnection, this);
        open.add(session);
        return session;
    }

    /**
     * Closes all connections of the client whose generation is not above this one, or is of an earlier leader, and
     * refuses such generations from now on. Completes when none of their threads copies any more. Idempotent.
     */
    public CompletionStage<Void> cut(UUID client, long generation) {
        int now;
        synchronized (this) {
            cut.merge(client, generation, Math::max);
            now = era;
        }
        return close(session ->
                session.client().equals(client) && (session.generation() <= generation || session.era() < now));
    }

    /**
     * The leader changes, and no write under the former one's tokens is admitted any more: closes every connection on
     * which one goes on, and completes when none of their threads copies any more. Generations are a leader's own, so
     * what the former one had cut is forgotten: it could only read, by tokens that end with its leases.
     */
    public CompletionStage<Void> cutWriters() {
        synchronized (this) {
            era++;
            cut.clear();
        }
        return close(Session::writing);
    }

    /**
     * Closes every connection and ends this table: all later ones are refused, so that nobody touches the memory again
     * once this completes. A node that returns empty makes a new table.
     */
    public CompletionStage<Void> cutAll() {
        synchronized (this) {
            allCut = true;
        }
        return close(session -> true);
    }

    /** How many connections were closed, by whatever cut. Any thread. */
    public long cutCount() {
        return cutConnections.sum();
    }

    public synchronized int openCount() {
        return open.size();
    }

    private CompletionStage<Void> close(Predicate<Session> which) {
        if (!rules.enforce(SafetyRule.SESSION_CUT)) {
            return CompletableFuture.completedStage(null);
        }
        List<Session> sessions = new ArrayList<>();
        synchronized (this) {
            for (Session session : open) {
                if (which.test(session)) {
                    sessions.add(session);
                }
            }
        }
        cutConnections.add(sessions.size());
        sessions.forEach(Session::close);
        return CompletableFuture.allOf(sessions.stream().map(Session::left).toArray(CompletableFuture[]::new))
                .minimalCompletionStage();
    }

    synchronized void remove(Session session) {
        open.remove(session);
    }
}
