package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.engine.Transport;
import io.mooncake4j.transfer.memory.BufferPool;
import io.mooncake4j.transfer.metrics.Fallback;
import io.mooncake4j.transfer.metrics.RdmaMeters;
import io.mooncake4j.transfer.pool.ConnectionPool;
import io.mooncake4j.transfer.rdma.queue.LinkPath;
import io.mooncake4j.transfer.rdma.queue.LocalMemory;
import io.mooncake4j.transfer.rdma.queue.PathEnd;
import io.mooncake4j.transfer.rdma.queue.PathOptions;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's side of transfers by one-sided RDMA. The calling thread itself posts and polls, on a link that is its own
 * meanwhile. What it can't do it leaves to the next transport: reads as UNANSWERED or NEVER_SENT, writes as NEVER_SENT.
 */
public final class RdmaTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(RdmaTransport.class);
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);
    /** A link on which nothing came back before a deadline that far off is a broken one. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** A node that has not let a link be opened in that time is to blame; in less, it may be the caller's deadline. */
    private static final long ENOUGH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final String NOT_TRIED = "not tried over RDMA";

    private final LinkSource source;
    private final RdmaOptions options;
    private final PathOptions pathOptions;
    private final SafetyRules rules;
    private final ConnectionPool<LinkKey, PooledLink> pool;
    private final PeerPauses pauses;
    private final LinkKeys keys = new LinkKeys();
    private final RdmaMeters meters;
    private final Thread sweeper;
    private final AtomicBoolean sourceClosed = new AtomicBoolean();
    private volatile boolean closed;
    /** The close gave up waiting: the last link that comes back finishes it. */
    private volatile boolean closeIsLeft;
    /** Why this process's memory can't be used; null as long as it can. */
    private volatile @Nullable String off;

    /**
     * @param device owned from now on
     * @param pool asked once, before the first link is opened; buffers inside it move without a copy
     */
    public RdmaTransport(RdmaDevice device, RdmaOptions options, Supplier<BufferPool> pool) {
        this(device, options, pool, SafetyRules.ALL, new RdmaMeters());
    }

    /**
     * As the other one; tests switch rules off.
     *
     * @param meters where it counts, and says what it has
     */
    public RdmaTransport(
            RdmaDevice device, RdmaOptions options, Supplier<BufferPool> pool, SafetyRules rules, RdmaMeters meters) {
        this(
                new DeviceLinks(device, options, pool, meters),
                options,
                PathOptions.DEFAULT.with(options.sliceBytes(), options.maxWr()),
                rules,
                meters);
    }

    RdmaTransport(
            LinkSource source, RdmaOptions options, PathOptions pathOptions, SafetyRules rules, RdmaMeters meters) {
        this.source = source;
        this.options = options;
        this.pathOptions = pathOptions;
        this.rules = rules;
        this.pool = new ConnectionPool<>(options.linksPerPeer(), PooledLink::close);
        this.pauses = new PeerPauses(options.pause().toNanos());
        this.meters = meters;
        meters.missing(() -> whyOff() != null);
        meters.pausedNodes(pauses::count);
        this.sweeper = new Thread(this::sweep, "rdma-idle");
        sweeper.setDaemon(true);
        sweeper.start();
    }

    @Override
    public String name() {
        return "rdma";
    }

    /** Payload of operations that are done. */
    public long payloadBytes() {
        return meters.payloadBytes().sum();
    }

    /** Payload that was copied on its way, since its buffers lie outside the pool. */
    public long stagedBytes() {
        return meters.copiedBytes().sum();
    }

    /** How many operations were left to another transport for that reason. */
    public long fallbacks(Fallback reason) {
        return meters.fallbacks(reason).sum();
    }

    /** How many nodes are left to other transports since RDMA fails there. */
    public int pausedPeers() {
        return pauses.count();
    }

    @Override
    public void run(SegmentTransfer transfer, Deadline deadline) {
        try {
            move(transfer, deadline);
        } finally {
            if (closeIsLeft) {
                closeSourceIfUnused();
            }
        }
    }

    private void move(SegmentTransfer transfer, Deadline deadline) {
        List<? extends TransferOp> ops = transfer.ops();
        for (int i = 0; i < ops.size(); i++) {
            ops.get(i).failed(Outcome.NEVER_SENT, ErrorCode.TRANSFER_FAIL, NOT_TRIED);
        }
        LinkKey peer = keys.of(transfer.target());
        String forAll = whyOff();
        String paused = forAll != null ? forAll : pauses.pausedBecause(peer, System.nanoTime());
        if (paused != null) {
            leave(transfer, forAll != null ? Fallback.OFF : Fallback.PAUSED, ErrorCode.TRANSFER_FAIL, peer, paused);
            return;
        }
        for (int attempt = 1; ; attempt++) {
            PooledLink link = take(peer, transfer, deadline);
            if (link == null || !runOnce(link, transfer, attempt, deadline)) {
                return;
            }
        }
    }

    /** Whether to try what is left once more, over another link. */
    private boolean runOnce(PooledLink link, SegmentTransfer transfer, int attempt, Deadline deadline) {
        LinkKey peer = link.peer();
        long beginNanos = System.nanoTime();
        PathEnd end = runOn(link, transfer, deadline);
        if (end.keepsLink()) {
            pool.give(link);
            pauses.worked(peer);
            count(end == PathEnd.NO_STAGING ? Fallback.NO_STAGING : Fallback.OUT_OF_BOUNDS, transfer);
            return false;
        }
        boolean again = false;
        try {
            again = judge(link, transfer, end, attempt, System.nanoTime() - beginNanos, deadline);
        } finally {
            pool.drop(link); // after the pause: whoever waits for its slot sees that
        }
        pool.dropIdle(peer); // what ended this one may have ended those
        if (!again && end == PathEnd.LINK_FAILED) {
            count(Fallback.LINK_FAILED, transfer);
        }
        return again;
    }

    /** Whether to try once more after a link was lost, else whether the node is to blame, which is paused then. */
    private boolean judge(
            PooledLink link, SegmentTransfer transfer, PathEnd end, int attempt, long ranNanos, Deadline deadline) {
        boolean failed = end == PathEnd.LINK_FAILED;
        boolean broken = failed || (end == PathEnd.OVERDUE && !link.path().progressed() && ranNanos >= SILENCE_NANOS);
        if (failed && attempt < options.attempts() && !closed && !deadline.expired() && leftToOthers(transfer) > 0) {
            return true;
        }
        if (broken && !link.pooled()) {
            String cause = link.path().cause();
            if (failed && link.endedByNode()) {
                pauses.ended(link.peer(), System.nanoTime(), cause);
            } else {
                pauses.failed(link.peer(), System.nanoTime(), cause);
            }
        }
        return false;
    }

    private PathEnd runOn(PooledLink link, SegmentTransfer transfer, Deadline deadline) {
        boolean ended = false;
        try {
            PathEnd end = link.path().run(transfer.target().token(), transfer.ops(), deadline);
            ended = true;
            return end;
        } finally {
            if (!ended) {
                pool.drop(link); // else it would count as lent forever
            }
        }
    }

    private @Nullable String whyOff() {
        String own = off;
        return own != null ? own : source.lost();
    }

    /** How many operations may be tried once more, by whatever transport. */
    private static int leftToOthers(SegmentTransfer transfer) {
        boolean read = transfer.target().token().mode() == AccessToken.Mode.READ;
        List<? extends TransferOp> ops = transfer.ops();
        int left = 0;
        for (int i = 0; i < ops.size(); i++) {
            Outcome outcome = ops.get(i).outcome();
            left += outcome == Outcome.NEVER_SENT || (read && outcome == Outcome.UNANSWERED) ? 1 : 0;
        }
        return left;
    }

    /** A link, or null: then all is said about the operations. */
    private @Nullable PooledLink take(LinkKey peer, SegmentTransfer transfer, Deadline deadline) {
        long givenNanos = 0; // to open a link
        boolean slot = false;
        PooledLink opened = null;
        try {
            if (Thread.currentThread().isInterrupted()) {
                throw new StoreException(ErrorCode.TRANSFER_FAIL, "the calling thread was interrupted");
            }
            if (deadline.expired()) {
                throw new StoreException(ErrorCode.RPC_TIMEOUT, "the deadline had passed");
            }
            long beganNanos = System.nanoTime();
            // of what is left the next transport gets half, here and below
            PooledLink idle = pool.takeIdleOrSlot(peer, beganNanos + deadline.remainingNanos() / 2);
            if (idle != null) {
                return idle;
            }
            slot = true;
            String paused = pauses.failedSince(peer, beganNanos);
            if (paused != null) { // whoever had the slot before has tried in vain
                leave(transfer, Fallback.PAUSED, ErrorCode.TRANSFER_FAIL, peer, paused);
                return null;
            }
            givenNanos = Math.min(options.connectTimeout().toNanos(), deadline.remainingNanos() / 2);
            opened = open(peer, transfer.target(), deadline.orAfterNanos(givenNanos));
            return opened;
        } catch (StoreException e) {
            if (concernsAll(e.code())) {
                blame(peer, givenNanos, String.valueOf(e.getMessage()));
            }
            leave(transfer, Fallback.NOT_CONNECTED, e.code(), peer, e.getMessage());
        } catch (IOException e) {
            blame(peer, givenNanos, String.valueOf(e.getMessage()));
            leave(transfer, Fallback.NOT_CONNECTED, ErrorCode.TRANSFER_FAIL, peer, e.toString());
        } catch (RuntimeException | Error e) {
            blame(peer, givenNanos, e.toString());
            leave(transfer, Fallback.NOT_CONNECTED, ErrorCode.INTERNAL_ERROR, peer, e.toString());
        } finally {
            if (slot && opened == null) {
                pool.freeSlot(peer); // whoever waits for it sees the pause
            }
        }
        return null;
    }

    /** The others concern this token or this client: the next call may have a better one. */
    private static boolean concernsAll(ErrorCode refusal) {
        return switch (refusal) {
            case SESSION_CUT, TOKEN_REFUSED -> false;
            default -> true;
        };
    }

    /** Pauses the node if it, and not this caller, is why no link could be opened in that time. */
    private void blame(LinkKey peer, long givenNanos, String why) {
        boolean enough = givenNanos >= Math.min(options.connectTimeout().toNanos(), ENOUGH_NANOS);
        if (enough && !closed && whyOff() == null && !Thread.currentThread().isInterrupted()) {
            pauses.failed(peer, System.nanoTime(), why);
        }
    }

    private PooledLink open(LinkKey peer, SegmentTarget target, Deadline due) throws IOException {
        LocalMemory memory = memory();
        OpenLink link = source.open(target, due);
        PooledLink opened = null;
        try {
            LinkPath path = new LinkPath(peer.toString(), link, memory, pathOptions, rules, meters, () -> closed);
            opened = new PooledLink(peer, link, path, IDLE.toNanos(), meters.queuePairs());
            return opened;
        } finally {
            if (opened == null) {
                link.close();
            }
        }
    }

    private LocalMemory memory() throws IOException {
        try {
            return source.memory();
        } catch (IOException e) {
            if (off == null) {
                off = e.getMessage();
                LOG.warn("RDMA is off, TCP is used: {}", e.getMessage());
            }
            throw new StoreException(ErrorCode.TRANSFER_FAIL, String.valueOf(e.getMessage()), e);
        }
    }

    private void leave(SegmentTransfer transfer, Fallback reason, ErrorCode code, LinkKey peer, @Nullable String why) {
        String detail = "node " + peer + " over RDMA: " + why;
        for (TransferOp op : transfer.ops()) {
            if (op.outcome() == Outcome.NEVER_SENT) {
                op.failed(Outcome.NEVER_SENT, code, detail);
            }
        }
        count(reason, transfer);
    }

    private void count(Fallback reason, SegmentTransfer transfer) {
        int left = leftToOthers(transfer);
        if (left > 0) {
            meters.fallbacks(reason).add(left);
        }
    }

    private void sweep() {
        while (!closed) {
            LockSupport.parkNanos(this, SWEEP_NANOS);
            long now = System.nanoTime();
            pool.retireIdle(now);
            pauses.forget(now);
        }
        if (closeIsLeft) {
            closeSourceIfUnused();
        }
    }

    /** Fails what runs, and waits until it has let go of the device; what takes too long finishes it later. */
    @Override
    public void close() {
        close(CLOSE_WAIT);
    }

    void close(Duration wait) {
        if (closed) {
            return;
        }
        closed = true;
        LockSupport.unpark(sweeper);
        pool.close();
        if (!pool.awaitEmpty(Deadline.after(wait))) {
            LOG.error("an RDMA link is still in use, so the device stays open until it isn't");
            closeIsLeft = true;
        }
        closeSourceIfUnused();
    }

    private void closeSourceIfUnused() {
        if (pool.awaitEmpty(Deadline.afterNanos(0)) && !sourceClosed.getAndSet(true)) {
            source.close();
        }
    }
}
