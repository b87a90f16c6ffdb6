package io.mooncake4j.master.placement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The sessions of all clients at one node, as generations: the current one of each client, and those that the node
 * was ordered to cut. Generations only grow, so a forgotten client's next one is above all it ever had. Guarded by
 * its segment.
 */
public final class SessionLedger {
    /** An ordered cut: every session of the client up to the generation. */
    public record Cut(UUID client, long generation, long orderedNanos) {}

    private static final class Session {
        final long generation;
        long usedNanos;

        Session(long generation, long usedNanos) {
            this.generation = generation;
            this.usedNanos = usedNanos;
        }
    }

    private final AtomicLong generations;
    private final Map<UUID, Session> current = new HashMap<>();
    private final Map<UUID, Cut> ordered = new LinkedHashMap<>();

    /** @param generations the source of generations, shared by all segments */
    SessionLedger(AtomicLong generations) {
        this.generations = generations;
    }

    /** The generation for tokens that are issued now. */
    long generationOf(UUID client, long nowNanos) {
        Session session = current.get(client);
        if (session == null) {
            session = new Session(generations.incrementAndGet(), nowNanos);
            current.put(client, session);
        }
        session.usedNanos = nowNanos;
        return session.generation;
    }

    /** From now on the generation gets no tokens, and the node is asked to cut it. */
    void order(UUID client, long generation, long nowNanos) {
        Session session = current.get(client);
        if (session != null && session.generation <= generation) {
            current.remove(client);
        }
        Cut before = ordered.get(client);
        if (before == null) {
            ordered.put(client, new Cut(client, generation, nowNanos));
        } else if (before.generation() < generation) {
            ordered.put(client, new Cut(client, generation, before.orderedNanos()));
        }
    }

    /** The node cut the client's sessions up to the generation. */
    void confirm(UUID client, long generation) {
        Cut cut = ordered.get(client);
        if (cut != null && cut.generation() <= generation) {
            ordered.remove(client);
        }
    }

    List<Cut> ordered() {
        return new ArrayList<>(ordered.values());
    }

    /** Whether a cut has been waiting for the node's word since before the instant. */
    boolean overdueSince(long instantNanos) {
        for (Cut cut : ordered.values()) {
            return cut.orderedNanos() - instantNanos < 0;
        }
        return false;
    }

    void forgetUnusedSince(long instantNanos) {
        current.values().removeIf(session -> session.usedNanos - instantNanos < 0);
    }

    /** The node's process ended, and every session with it. */
    void clear() {
        current.clear();
        ordered.clear();
    }
}
