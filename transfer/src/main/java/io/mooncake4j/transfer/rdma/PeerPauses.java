package io.mooncake4j.transfer.rdma;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Nodes that RDMA did not reach, and which are left to other transports for a while; then one caller tries again while
 * the others still don't. Says once that a node is left, and once that it is back. Safe for all threads.
 */
final class PeerPauses {
    private static final Logger LOG = LoggerFactory.getLogger(PeerPauses.class);
    /** Entries are forgotten after so many pauses without any try: the node is gone. */
    private static final int PAUSES_KEPT = 20;

    private final long pauseNanos;
    private final ConcurrentHashMap<Node, Pause> pauses = new ConcurrentHashMap<>();
    /** Those who ended a link lately. */
    private final Set<Node> ended = ConcurrentHashMap.newKeySet();

    PeerPauses(long pauseNanos) {
        this.pauseNanos = pauseNanos;
    }

    /** Why the node is left alone now; null: try it. */
    @Nullable
    String pausedBecause(LinkKey peer, long nowNanos) {
        Pause pause = pauses.isEmpty() ? null : pauses.get(Node.of(peer));
        return pause == null || pause.claimTry(nowNanos, spread()) ? null : pause.cause;
    }

    void failed(LinkKey peer, long nowNanos, String cause) {
        Pause begun = new Pause(cause, nowNanos + spread());
        if (pauses.put(Node.of(peer), begun) == null) {
            LOG.warn(
                    "RDMA is paused to node {}, which is reached by TCP; it is tried again every {} s or so: {}",
                    peer,
                    pauseNanos / 1_000_000_000L,
                    cause);
        }
    }

    /**
     * The node ended a link, as it does with every one of a session that is cut: which is its fault only if the next link
     * soon ends so, too.
     */
    void ended(LinkKey peer, long nowNanos, String cause) {
        if (!ended.add(Node.of(peer))) {
            failed(peer, nowNanos, cause);
        }
    }

    void worked(LinkKey peer) {
        if (!ended.isEmpty()) {
            ended.remove(Node.of(peer));
        }
        if (!pauses.isEmpty() && pauses.remove(Node.of(peer)) != null) {
            LOG.info("RDMA works again to node {}", peer);
        }
    }

    void forget(long nowNanos) {
        ended.clear();
        pauses.values().removeIf(pause -> pause.overSince(nowNanos) > PAUSES_KEPT * pauseNanos);
    }

    /** How many nodes are left alone, or were when last tried. */
    int count() {
        return pauses.size();
    }

    /** Not all clients come back to a node at the same time. */
    private long spread() {
        return pauseNanos - pauseNanos / 5 + ThreadLocalRandom.current().nextLong(Math.max(1, pauseNanos * 2 / 5));
    }

    /** One process of a node: the next one is another. */
    private record Node(String host, int port, long processNonce) {
        static Node of(LinkKey peer) {
            return new Node(peer.host(), peer.port(), peer.processNonce());
        }
    }

    private static final class Pause {
        final String cause;
        private long untilNanos;

        Pause(String cause, long untilNanos) {
            this.cause = cause;
            this.untilNanos = untilNanos;
        }

        synchronized boolean claimTry(long nowNanos, long nextPauseNanos) {
            if (nowNanos - untilNanos < 0) {
                return false;
            }
            untilNanos = nowNanos + nextPauseNanos;
            return true;
        }

        synchronized long overSince(long nowNanos) {
            return nowNanos - untilNanos;
        }
    }
}
