package io.mooncake4j.node;

import io.mooncake4j.transfer.memory.SegmentMemory;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.AccessGate;
import io.mooncake4j.transfer.server.SessionTable;
import io.mooncake4j.transfer.wire.ClockDrift;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.SealKey;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.MountSegmentRequest;
import io.mooncake4j.transfer.wire.proto.MountSegmentResponse;
import io.mooncake4j.transfer.wire.proto.PingRequest;
import io.mooncake4j.transfer.wire.proto.PingResponse;
import io.mooncake4j.transfer.wire.proto.SegmentRequest;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does on which answer of the master (S6): no sockets, threads or clock, which are its driver's. The driver
 * asks for the next step, takes it, and says how it ended, all on one thread.
 */
public final class NodeProtocol {
    /** What to do next. */
    public enum Step {
        /** Offer the segment: {@link NodeProtocol#mountRequest}. */
        MOUNT,
        /** Say that this node lives: {@link NodeProtocol#pingRequest}. */
        PING,
        /**
         * A new leader: cut the writers among the {@link NodeProtocol#sessions}, while readers go on; when that is done:
         * {@link NodeProtocol#writersCut}.
         */
        CUT_WRITERS,
        /** Cut all {@link NodeProtocol#sessions}; when that is done: {@link NodeProtocol#allCut}. */
        CUT
    }

    private static final Logger LOG = LoggerFactory.getLogger(StorageNode.class);
    private static final long DEFAULT_PING_MILLIS = 1000;
    private static final long MAX_PING_MILLIS = 5000;

    private final SegmentMemory memory;
    private final NodeIdentity self;
    private final SafetyRules rules;
    private final Executor verifier;
    private final Runnable news;
    private Step step = Step.MOUNT;
    private final ReplicaChecks checks = new ReplicaChecks();
    private AccessGate gate;
    private volatile SessionTable sessions;
    private volatile long cutBefore;
    private volatile long epochRevision;
    private @Nullable NodeOrders orders;
    private @Nullable Epoch newest;
    private boolean lost;
    private @Nullable Boolean journalDurable;
    private long readLeaseNanos;
    private volatile boolean urgent;
    private long pingIntervalNanos = TimeUnit.MILLISECONDS.toNanos(DEFAULT_PING_MILLIS);

    /**
     * @param verifier runs checks of replicas, which take time
     * @param news called from any thread when {@link #hasNews} became true
     */
    public NodeProtocol(SegmentMemory memory, NodeIdentity self, SafetyRules rules, Executor verifier, Runnable news) {
        this.memory = memory;
        this.self = self;
        this.rules = rules;
        this.verifier = verifier;
        this.news = news;
        this.gate = newGate();
        this.sessions = new SessionTable(rules);
    }

    private AccessGate newGate() {
        return new AccessGate(memory, memory.id(), self.processNonce(), rules, this::metUnknownEpoch);
    }

    /** Any thread. */
    private void metUnknownEpoch() {
        urgent = true;
        news.run();
    }

    public Step step() {
        return step;
    }

    /** For the present sessions: another one after {@link #allCut}. */
    public AccessGate gate() {
        return gate;
    }

    /** The present sessions: another table after {@link #allCut}. */
    public SessionTable sessions() {
        return sessions;
    }

    /** How many connections were closed by a cut. Any thread. */
    public long sessionsCut() {
        return cutBefore + sessions.cutCount();
    }

    /** Of the leader that took the segment last; 0: none has. Any thread. */
    public long epochRevision() {
        return epochRevision;
    }

    /** What came of the checks that the master ordered. Any thread. */
    public ReplicaChecks checks() {
        return checks;
    }

    public long pingIntervalNanos() {
        return pingIntervalNanos;
    }

    /** Whether the master's journal outlives the master; empty before the first mount. */
    public Optional<Boolean> journalDurable() {
        return Optional.ofNullable(journalDurable);
    }

    /** @param rdma whether clients may come by it, too */
    public MountSegmentRequest mountRequest(int dataPort, boolean rdma) {
        MountSegmentRequest.Builder request = MountSegmentRequest.newBuilder()
                .setSegment(Ids.toProto(memory.id()))
                .setProcessNonce(self.processNonce())
                .setName(self.name())
                .setHost(self.host())
                .setDataPort(dataPort)
                .setSizeBytes(memory.sizeBytes())
                .setRegionBytes(memory.regionBytes())
                .setHostId(self.hostId())
                .setRdma(rdma);
        memory.clusterId().ifPresent(cluster -> request.setCluster(Ids.toProto(cluster)));
        return request.build();
    }

    /**
     * The mount was answered; times are of the monotonic clock, before sending and after receiving.
     *
     * @throws StoreException if the answer can't be used; mount again later
     */
    public void mounted(MountSegmentResponse answer, long sentNanos, long receivedNanos) {
        Epoch offered = Epoch.of(answer.getEpoch());
        if (lostTo(offered) || restored(offered, answer.getDurableSequence(), answer.getTermSequence())) {
            return;
        }
        if (newest != null && Long.compareUnsigned(offered.revision(), newest.revision()) < 0) {
            throw new StoreException(
                    ErrorCode.NOT_LEADER, "epoch " + offered.revision() + " ended: " + newest.revision() + " is newer");
        }
        SealKey key = new SealKey(answer.getAccessKey().toByteArray());
        memory.adoptCluster(offered.clusterId());
        gate.adopt(offered, key, answer.getMasterTicks(), sentNanos, receivedNanos);
        LOG.info(
                "{}: segment {} is mounted, {}, in cluster {}, epoch {}",
                self.name(),
                memory.id(),
                memory.warm() ? "with the content of an earlier process" : "empty at its start",
                offered.clusterId(),
                offered.revision());
        orders = new NodeOrders(sessions, memory, verifier, checks, news);
        newest = offered;
        epochRevision = offered.revision();
        told(offered, answer.getDurableSequence());
        journalDurable = answer.getJournalDurable();
        readLeaseNanos = TimeUnit.MILLISECONDS.toNanos(Integer.toUnsignedLong(answer.getReadLeaseMs()));
        long millis = Integer.toUnsignedLong(answer.getPingIntervalMs());
        pingIntervalNanos =
                TimeUnit.MILLISECONDS.toNanos(millis == 0 ? DEFAULT_PING_MILLIS : Math.min(millis, MAX_PING_MILLIS));
        step = Step.PING;
    }

    /** A mount or ping failed. Only the master's own word ends the content; anything else is tried again. */
    public void failed(StoreException failure) {
        if (failure.code() == ErrorCode.SEGMENT_NOT_FOUND || failure.code() == ErrorCode.SEGMENT_ALREADY_EXISTS) {
            lose("the master refuses it: " + failure.getMessage());
        }
    }

    public PingRequest pingRequest() {
        urgent = false;
        PingRequest.Builder request = PingRequest.newBuilder()
                .setSegment(Ids.toProto(memory.id()))
                .setProcessNonce(self.processNonce())
                .setEpoch(Objects.requireNonNull(newest).toProto());
        mountedOrders().report(request);
        return request.build();
    }

    /** Whether a ping has more to say than that this node lives; then it should go at once. */
    public boolean hasNews() {
        return orders != null && orders.hasNews();
    }

    /** Whether a client came with a token of a leader that this node doesn't know: then a ping should go soon. */
    public boolean isUrgent() {
        return urgent;
    }

    /** The ping was answered; times as in {@link #mounted}. */
    public void pinged(PingRequest ping, PingResponse answer, long sentNanos, long receivedNanos) {
        Epoch current = Epoch.of(answer.getEpoch());
        if (lostTo(current) || restored(current, answer.getDurableSequence(), answer.getTermSequence())) {
            return;
        }
        int newer = Long.compareUnsigned(
                current.revision(), Objects.requireNonNull(newest).revision());
        if (newer > 0) {
            LOG.info("{}: a new leader, epoch {}; mounting again", self.name(), current.revision());
            newest = current;
            gate.supersede(receivedNanos + ClockDrift.heldNanos(readLeaseNanos));
            step = Step.CUT_WRITERS; // one of the older epoch may be in the middle of a copy (S5)
        } else if (newer == 0) {
            NodeOrders now = mountedOrders();
            told(current, answer.getDurableSequence());
            now.reported(ping);
            gate.learnClock(answer.getMasterTicks(), sentNanos, receivedNanos);
            answer.getCutsList().forEach(now::cut);
            answer.getVerifiesList().forEach(now::verify);
        }
    }

    /** No write under an older epoch goes on any more. */
    public void writersCut() {
        orders = null;
        step = Step.MOUNT;
    }

    /** No session uses the memory any more. Content that is lost is replaced by none, under a new id. */
    public void allCut() {
        if (lost) {
            memory.renew();
            newest = null;
            lost = false;
        }
        gate = newGate();
        cutBefore += sessions.cutCount();
        sessions = new SessionTable(rules);
        orders = null;
        step = Step.MOUNT;
    }

    /** For the calls that suspend the segment or take it out. */
    public SegmentRequest segmentRequest() {
        return SegmentRequest.newBuilder()
                .setSegment(Ids.toProto(memory.id()))
                .setProcessNonce(self.processNonce())
                .build();
    }

    private boolean lostTo(Epoch other) {
        Optional<UUID> own = memory.clusterId();
        boolean another = own.isPresent() && !own.get().equals(other.clusterId());
        if (another) {
            lose("it is of cluster " + own.get() + ", and the master of " + other.clusterId());
        }
        return another;
    }

    /**
     * Whether the journal lost records that this content may depend on (S6): its head is before one that was durable, or
     * another leader opened its term there.
     */
    private boolean restored(Epoch other, long durableSequence, long termSequence) {
        long told = memory.toldSequence();
        boolean another = other.revision() != memory.toldRevision();
        boolean back = durableSequence != 0
                && told != 0
                && (Long.compareUnsigned(durableSequence, told) < 0
                        || (another && termSequence != 0 && Long.compareUnsigned(termSequence, told) <= 0));
        if (back) {
            lose("the leader's journal, durable up to " + Long.toUnsignedString(durableSequence) + " in the term that "
                    + Long.toUnsignedString(termSequence) + " opened, was durable up to "
                    + Long.toUnsignedString(told) + " before");
        }
        return back;
    }

    private void told(Epoch by, long durableSequence) {
        if (durableSequence != 0) {
            memory.tell(by.revision(), durableSequence);
        }
    }

    private void lose(String why) {
        LOG.info("{}: segment {} returns empty under a new id: {}", self.name(), memory.id(), why);
        lost = true;
        gate.endWaits();
        step = Step.CUT;
    }

    private NodeOrders mountedOrders() {
        if (orders == null) {
            throw new IllegalStateException("the segment is not mounted");
        }
        return orders;
    }
}
