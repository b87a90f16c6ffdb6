package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.SealKey;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One node's segment: its space, its sessions, and how long its node has been silent. Locked after any shard. */
public final class Segment implements Candidate {
    /** What a segment can be used for. */
    public enum State {
        OK,
        /** Silent for a while, or slow to confirm a cut: no new extents, readers prefer others. */
        SUSPECT,
        /** Its replicas are kept and not offered. */
        OFFLINE,
        /** Its content is lost; its id is never taken again. */
        DROPPED
    }

    /** Where the segment's process is reached; a nonce tells one life of it from the next. */
    public record Address(String host, int dataPort, long processNonce) {
        /** Of a segment whose node stopped and kept its memory. */
        static final Address NOWHERE = new Address("", 0, 0);
    }

    private static final long SPACE_OF_GHOST = 64;

    private final UUID id;
    private final String name;
    private final String hostId;
    private final long sizeBytes;
    private final long regionBytes;
    private final SegmentSpace space;
    // What a leader's term has; a standby has no use of it.
    private @Nullable SealKey sealKey;
    private SessionLedger sessions;
    private ReclaimQueue reclaim;
    /** Whether the node cut all writers of earlier terms (S5). */
    private boolean adopted;

    private long noGrantsBeforeNanos;

    private volatile Address address = Address.NOWHERE;
    private volatile boolean rdma;
    private volatile State state = State.OFFLINE;
    private volatile long freeBytes;
    private long heardNanos;
    private boolean suspended;
    /** Earlier lives: a message of one that arrives late must not pass for a new life. */
    private final Set<Long> pastNonces = new HashSet<>();

    /** Offline, and of no term. */
    Segment(Change.SegmentMounted mounted, long nowNanos) {
        this.id = mounted.segmentId();
        this.name = mounted.name();
        this.hostId = mounted.hostId();
        this.sizeBytes = mounted.sizeBytes();
        this.regionBytes = mounted.regionBytes();
        this.space = new SegmentSpace(sizeBytes, regionBytes);
        this.sessions = new SessionLedger(new AtomicLong());
        this.reclaim = new ReclaimQueue(space, SafetyRules.ALL);
        this.address = mounted.address();
        this.freeBytes = space.freeBytes();
        this.heardNanos = nowNanos;
    }

    /** One that was dropped, of which only the name is left. */
    static Segment ghost(UUID id) {
        Segment ghost =
                new Segment(new Change.SegmentMounted(id, "", "", SPACE_OF_GHOST, SPACE_OF_GHOST, Address.NOWHERE), 0);
        ghost.state = State.DROPPED;
        return ghost;
    }

    /**
     * A leader's term begins. A segment of an earlier term can be read at once; it gets no new extents before the instant,
     * nor before its node has adopted the term.
     */
    synchronized void begin(
            MasterCore.Settings term, AtomicLong generations, boolean inherited, long firstGrantNanos, long nowNanos) {
        sealKey = SealKey.derive(term.clusterSecret(), id, term.epoch());
        sessions = new SessionLedger(generations);
        reclaim = new ReclaimQueue(space, term.rules());
        adopted = !inherited || !term.rules().enforce(SafetyRule.HOLD_OFF);
        noGrantsBeforeNanos = term.rules().enforce(SafetyRule.HOLD_OFF) ? firstGrantNanos : nowNanos;
        heardNanos = nowNanos;
        suspended = inherited && address.equals(Address.NOWHERE);
        state = inherited && !suspended ? State.SUSPECT : State.OFFLINE;
    }

    /** Takes what objects of an earlier term have; returns what is wrong with them, or null. */
    synchronized @Nullable String claim(List<Replica> replicas) {
        for (Replica replica : replicas) {
            for (int i = 0; i < replica.extentCount(); i++) {
                Extent extent = new Extent(replica.region(i), replica.offset(i), replica.lengthBytes(i));
                if (!space.claim(extent)) {
                    return "two objects have " + extent + " of segment " + id + " (" + name + "), or it is not in it";
                }
            }
        }
        freeBytes = space.freeBytes();
        return null;
    }

    /** The node has cut all writers of earlier terms. */
    synchronized void adopt() {
        adopted = true;
    }

    public UUID id() {
        return id;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String hostId() {
        return hostId;
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    public long regionBytes() {
        return regionBytes;
    }

    /** Takes note of whether its node serves RDMA, by what it said when it mounted; nothing depends on it. */
    public void servesRdma(boolean whether) {
        rdma = whether;
    }

    public boolean servesRdma() {
        return rdma;
    }

    public Address address() {
        return address;
    }

    public State state() {
        return state;
    }

    /** Of the term. */
    public synchronized SealKey sealKey() {
        return Objects.requireNonNull(sealKey, "no term has begun");
    }

    @Override
    public long freeBytes() {
        return freeBytes;
    }

    public boolean readable() {
        return state == State.OK || state == State.SUSPECT;
    }

    /** Whether new extents may be put there. */
    @Override
    public boolean usable() {
        return state == State.OK;
    }

    @Override
    public long capacityBytes() {
        return sizeBytes;
    }

    public synchronized long usedBytes() {
        return space.usedBytes();
    }

    public synchronized long largestFreeBytes() {
        return space.largestFreeBytes();
    }

    public synchronized long heldOffBytes() {
        return reclaim.heldOffBytes();
    }

    public synchronized long quarantinedBytes() {
        return reclaim.quarantinedBytes();
    }

    public synchronized long silentNanos(long nowNanos) {
        return nowNanos - heardNanos;
    }

    /** The generation for a token that is issued now. */
    public synchronized long generationOf(UUID client, long nowNanos) {
        return sessions.generationOf(client, nowNanos);
    }

    /** Space for a replica, to be written by the client's session of now; null if there is none. */
    synchronized Grant.@Nullable Target allocate(long bytes, UUID client, long nowNanos) {
        Extent[] extents = state == State.OK ? space.allocate(bytes) : null;
        if (extents == null) {
            return null;
        }
        freeBytes = space.freeBytes();
        return new Grant.Target(
                new Replica(this, extents), address.processNonce(), sessions.generationOf(client, nowNanos));
    }

    /** Takes back what no writer can touch any more, once the read leases on it have ended. */
    synchronized void release(Extent[] extents, long leasedUntilNanos, long nowNanos) {
        if (state != State.DROPPED) {
            reclaim.freeAfter(extents, leasedUntilNanos, nowNanos);
            freeBytes = space.freeBytes();
        }
    }

    /** Takes back what its writer may still write; null if that writer's session is gone already. */
    synchronized @Nullable Quarantined quarantine(
            Extent[] extents, UUID client, Grant.Target written, long cutAtNanos) {
        if (state == State.DROPPED) {
            return null;
        }
        if (written.processNonce() != address.processNonce()) {
            reclaim.free(extents);
            freeBytes = space.freeBytes();
            return null;
        }
        Quarantined item = reclaim.quarantine(extents, client, written.generation(), cutAtNanos);
        freeBytes = space.freeBytes();
        return item;
    }

    synchronized void settle(Quarantined item) {
        if (state != State.DROPPED) {
            reclaim.settle(item);
            freeBytes = space.freeBytes();
        }
    }

    synchronized boolean freed(Quarantined item) {
        return item.freed || state == State.DROPPED;
    }

    /** The node speaks; false if it is not the process that this segment was mounted by. */
    synchronized boolean heard(long processNonce, long nowNanos) {
        if (state == State.DROPPED || processNonce != address.processNonce() || suspended) {
            return false;
        }
        heardNanos = nowNanos;
        return true;
    }

    synchronized void confirmCut(UUID client, long generation) {
        sessions.confirm(client, generation);
        reclaim.cut(client, generation);
        freeBytes = space.freeBytes();
    }

    synchronized List<SessionLedger.Cut> orderedCuts(long nowNanos) {
        reclaim.sweep(sessions, nowNanos);
        freeBytes = space.freeBytes();
        return sessions.ordered();
    }

    /**
     * The same memory under a process: the same one again, or its next life, which ends all sessions of the last.
     *
     * @return false if this is a life that ended before
     */
    synchronized boolean remount(Address newAddress, long nowNanos) {
        if (state == State.DROPPED || pastNonces.contains(newAddress.processNonce())) {
            return false;
        }
        if (newAddress.processNonce() != address.processNonce()) {
            if (address != Address.NOWHERE) {
                pastNonces.add(address.processNonce());
            }
            sessions.clear();
            reclaim.cutAll();
            freeBytes = space.freeBytes();
        }
        address = newAddress;
        heardNanos = nowNanos;
        suspended = false;
        state = grantable(nowNanos) ? State.OK : State.SUSPECT;
        return true;
    }

    synchronized boolean suspend(long processNonce) {
        if (state == State.DROPPED || processNonce != address.processNonce()) {
            return false;
        }
        suspended = true;
        state = State.OFFLINE;
        return true;
    }

    /** Where another leader found it. */
    synchronized void moved(Address newAddress) {
        address = newAddress;
    }

    synchronized void drop() {
        state = State.DROPPED;
        sessions.clear();
    }

    /**
     * Frees what is due, orders cuts that are due, and moves the state with the node's silence.
     *
     * @param pausedNanos for how long the master itself did not run: nobody's silence
     * @return whether the segment has been silent for so long that it is to be dropped
     */
    synchronized boolean sweep(MasterTimes times, long pausedNanos, long nowNanos) {
        if (state == State.DROPPED) {
            return false;
        }
        heardNanos += pausedNanos;
        reclaim.sweep(sessions, nowNanos);
        sessions.forgetUnusedSince(nowNanos - times.dropNanos());
        freeBytes = space.freeBytes();
        long silent = nowNanos - heardNanos;
        if (suspended || silent >= times.offlineNanos()) {
            state = State.OFFLINE;
        } else if (!grantable(nowNanos)
                || silent >= times.suspectNanos()
                || sessions.overdueSince(nowNanos - times.confirmCutNanos())) {
            state = State.SUSPECT;
        } else {
            state = State.OK;
        }
        return silent >= times.dropNanos();
    }

    private boolean grantable(long nowNanos) {
        return adopted && nowNanos - noGrantsBeforeNanos >= 0;
    }

    synchronized List<Extent> waitingExtents() {
        return reclaim.waiting();
    }

    SegmentSpace space() {
        return space;
    }
}
