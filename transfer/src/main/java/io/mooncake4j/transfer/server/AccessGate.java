package io.mooncake4j.transfer.server;

import io.mooncake4j.transfer.memory.Regions;
import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ClockDrift;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.SealKey;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The check of every access to one segment (S3), for one incarnation of its memory: a node that returns empty makes a
 * new gate; one that follows a new leader doesn't. All times are of this process's monotonic clock. Safe for all threads.
 */
public final class AccessGate {
    /** What the master said last: who it is, its key, and its clock read at a time not before {@code atNanos}. */
    private record Term(Epoch epoch, SealKey key, long masterTicks, long atNanos) {
        /** No earlier than the master's clock (S9). */
        long latestTicks(long nowNanos) {
            return masterTicks + ClockDrift.grantedNanos(nowNanos - atNanos);
        }
    }

    /** A term whose leader was succeeded: only reads under it go on, and only for a while. */
    private record FormerTerm(Term term, long readsEndNanos) {}

    private final Regions regions;
    private final UUID segmentId;
    private final long processNonce;
    private final SafetyRules rules;
    private final Runnable ahead;
    /** Null: none was adopted, or its leader was succeeded and the new one's is not adopted yet. */
    private volatile @Nullable Term term;

    private volatile @Nullable FormerTerm former;
    private boolean waitsEnded;

    public AccessGate(Regions regions, UUID segmentId, long processNonce, SafetyRules rules) {
        this(regions, segmentId, processNonce, rules, () -> {});
    }

    /** @param ahead called from any thread when an access waits for an epoch that is not adopted yet; must not block */
    public AccessGate(Regions regions, UUID segmentId, long processNonce, SafetyRules rules, Runnable ahead) {
        this.ahead = ahead;
        this.regions = regions;
        this.segmentId = segmentId;
        this.processNonce = processNonce;
        this.rules = rules;
    }

    public UUID segmentId() {
        return segmentId;
    }

    public long processNonce() {
        return processNonce;
    }

    /**
     * Takes an epoch, its key, and the master's clock, read between {@code sentNanos} and {@code receivedNanos}. From
     * then on tokens of any other epoch are refused, but for what {@link #supersede} allowed.
     *
     * @throws StoreException NOT_LEADER if a newer epoch was adopted before; ILLEGAL_CLIENT if one of another cluster
     *     was: content never changes clusters, so a new gate for empty memory is needed (S6)
     */
    public synchronized void adopt(Epoch epoch, SealKey key, long masterTicks, long sentNanos, long receivedNanos) {
        Epoch newest = newest();
        if (newest != null && !newest.sameCluster(epoch)) {
            throw new StoreException(
                    ErrorCode.ILLEGAL_CLIENT,
                    "segment " + segmentId + " belongs to cluster " + newest.clusterId() + ", not to "
                            + epoch.clusterId() + "; return empty under a new segment id");
        }
        Term known = term;
        int newer = newest == null ? 1 : Long.compareUnsigned(epoch.revision(), newest.revision());
        if (newest != null && (newer < 0 || (newer == 0 && known == null))) {
            throw new StoreException(
                    ErrorCode.NOT_LEADER,
                    "epoch " + epoch.revision() + " has ended; this node met " + newest.revision() + " or a newer one");
        }
        Term fresh = new Term(epoch, key, masterTicks, sentNanos);
        term = known != null && known.epoch.equals(epoch) ? earlier(known, fresh, receivedNanos) : fresh;
        notifyAll();
    }

    /**
     * The adopted epoch's leader was succeeded: from now on writes under it are refused; reads go on until that instant,
     * which is one read lease from now (S9). To be called before its writers are cut.
     */
    public synchronized void supersede(long readsEndNanos) {
        Term known = term;
        if (known != null) {
            former = new FormerTerm(known, readsEndNanos);
            term = null;
        }
    }

    private @Nullable Epoch newest() {
        Term now = term;
        FormerTerm before = former;
        if (now != null) {
            return now.epoch;
        }
        return before == null ? null : before.term.epoch;
    }

    /**
     * Waits, if a token is of an epoch that this node may yet adopt, until it did, or for so long at most. For a thread
     * that may block.
     */
    public void awaitEpoch(AccessToken token, long longestNanos) {
        if (!isAhead(token)) {
            return;
        }
        ahead.run();
        long endNanos = System.nanoTime() + longestNanos;
        synchronized (this) {
            try {
                while (!waitsEnded && isAhead(token) && endNanos - System.nanoTime() > 0) {
                    TimeUnit.NANOSECONDS.timedWait(this, endNanos - System.nanoTime());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether a token's epoch is newer than any that this node has met: the client may have met its leader first. */
    private boolean isAhead(AccessToken token) {
        Epoch newest = newest();
        return newest == null
                || (newest.sameCluster(token.epoch())
                        && Long.compareUnsigned(token.epoch().revision(), newest.revision()) > 0);
    }

    /** Nothing will be adopted any more: nobody waits from now on. */
    public synchronized void endWaits() {
        waitsEnded = true;
        notifyAll();
    }

    /** Learns the clock of the adopted epoch's master, read between the two times. */
    public synchronized void learnClock(long masterTicks, long sentNanos, long receivedNanos) {
        Term known = term;
        if (known != null) {
            term = earlier(known, new Term(known.epoch, known.key, masterTicks, sentNanos), receivedNanos);
        }
    }

    /** Both bounds hold, so the lower one is used: a slow answer never shortens what a quick one allowed. */
    private static Term earlier(Term known, Term fresh, long nowNanos) {
        boolean keep = known.latestTicks(nowNanos) - fresh.latestTicks(nowNanos) < 0;
        return keep ? new Term(fresh.epoch, fresh.key, known.masterTicks, known.atNanos) : fresh;
    }

    /**
     * Checks that a connection's client means this process of the node, and not an earlier one (S6).
     *
     * @throws StoreException TOKEN_REFUSED if it doesn't
     */
    public void verifyNonce(long nonce) {
        if (nonce != processNonce && rules.enforce(SafetyRule.TOKEN_CHECK)) {
            throw refused("it is for an earlier process of this node; ask the master again");
        }
    }

    /**
     * Checks a token for this mode, that came over a connection of this client and generation: once a request, before
     * anything else.
     *
     * @throws StoreException TOKEN_REFUSED with the reason
     */
    public void verify(AccessToken token, AccessToken.Mode mode, UUID client, long generation, long nowNanos) {
        if (!rules.enforce(SafetyRule.TOKEN_CHECK)) {
            return;
        }
        verifyTime(token, nowNanos);
        if (!token.isSealedBy(termOf(token, nowNanos).key)) {
            throw refused("it was not sealed by the master of epoch " + token.epoch());
        }
        if (!token.segmentId().equals(segmentId)) {
            throw refused("it is for segment " + token.segmentId() + ", not " + segmentId);
        }
        if (token.mode() != mode) {
            throw refused("it permits to " + token.mode() + ", not to " + mode);
        }
        verifyNonce(token.processNonce());
        if (!token.clientId().equals(client) || token.generation() != generation) {
            throw refused(
                    "it belongs to another session: client " + token.clientId() + " generation " + token.generation());
        }
    }

    /**
     * Checks a token of either mode by which a session gets access that passes through no check (S3): it must be of the
     * epoch that is adopted now, too. One by which only reads go on could carry an older grant past the cut of its writers.
     *
     * @throws StoreException TOKEN_REFUSED with the reason
     */
    public void verifyOpening(AccessToken token, UUID client, long generation, long nowNanos) {
        verify(token, token.mode(), client, generation, nowNanos);
        Term now = term;
        if ((now == null || !token.epoch().equals(now.epoch)) && rules.enforce(SafetyRule.TOKEN_CHECK)) {
            throw refused("its epoch " + token.epoch() + " has ended, in which only reads over TCP go on");
        }
    }

    /**
     * Checks what time changes about a verified token: once an access.
     *
     * @throws StoreException TOKEN_REFUSED if it expired or its epoch ended
     */
    public void verifyTime(AccessToken token, long nowNanos) {
        if (!rules.enforce(SafetyRule.TOKEN_CHECK)) {
            return;
        }
        if (termOf(token, nowNanos).latestTicks(nowNanos) - token.deadlineTicks() >= 0) {
            throw refused("it has expired; ask the master again");
        }
    }

    private Term termOf(AccessToken token, long nowNanos) {
        Term now = term;
        if (now != null && token.epoch().equals(now.epoch)) {
            return now;
        }
        FormerTerm before = former;
        if (before != null
                && token.mode() == AccessToken.Mode.READ
                && token.epoch().equals(before.term.epoch)
                && before.readsEndNanos - nowNanos > 0) {
            return before.term;
        }
        Epoch newest = newest();
        throw refused(
                newest == null
                        ? "this node has not joined a master yet"
                        : "its epoch is " + token.epoch() + "; this node follows " + newest);
    }

    /**
     * Where an access begins in its region, which is {@code token.regions()[range]}.
     *
     * @throws StoreException TOKEN_REFUSED unless all of it lies inside the token's range and the region
     */
    public int position(AccessToken token, int range, long offset, long length) {
        if (range < 0 || range >= token.rangeCount()) {
            throw refused("it has " + token.rangeCount() + " ranges; range " + range + " was asked for");
        }
        int region = token.regions()[range];
        long start = token.offsets()[range];
        long granted = token.lengths()[range];
        boolean inRange = offset >= 0 && length >= 0 && length <= granted && offset <= granted - length;
        if (!inRange && rules.enforce(SafetyRule.TOKEN_CHECK)) {
            throw refused("offset " + offset + " and length " + length + " leave the " + granted + " bytes of range "
                    + range);
        }
        int capacity =
                region >= 0 && region < regions.count() ? regions.region(region).capacity() : -1;
        long from = start + offset;
        boolean inRegion = start >= 0
                && offset >= 0
                && from >= 0
                && length >= 0
                && length <= capacity
                && from <= capacity - length;
        if (!inRegion) {
            throw refused("range " + range + " leaves region " + region);
        }
        return (int) from;
    }

    private static StoreException refused(String why) {
        return new StoreException(ErrorCode.TOKEN_REFUSED, "the access token was refused: " + why);
    }
}
