package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.engine.Transport;
import io.mooncake4j.transfer.memory.BufferPool;
import io.mooncake4j.transfer.pool.ConnectionPool;
import io.mooncake4j.transfer.rdma.queue.LinkPath;
import io.mooncake4j.transfer.rdma.queue.LocalMemory;
import io.mooncake4j.transfer.rdma.queue.PathCounters;
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
import java.util.concurrent.atomic.LongAdder;
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

    private static final String NOT_TRIED = "not tried over RDMA";

    private final LinkSource source;
    private final RdmaOptions options;
    private final PathOptions pathOptions;
    private final SafetyRules rules;
    private final ConnectionPool<LinkKey, PooledLink> pool;
    private final PeerPauses pauses;
    private final LinkKeys keys = new LinkKeys();
    private final PathCounters counters = new PathCounters();
    private final LongAdder[] fallbacks = new LongAdder[Fallback.values().length];
    private final Thread sweeper;
    private volatile boolean closed;
    /** Why this process's memory can't be used; null as long as it can. */
    private volatile @Nullable String off;

    /**
     * @param device owned from now on
     * @param pool asked once, before the first link is opened; buffers inside it move without a copy
     */
    public RdmaTransport(RdmaDevice device, RdmaOptions options, Supplier<BufferPool> pool) {
        this(device, options, pool, SafetyRules.ALL);
    }

    /** As the other one; tests switch rules off. */
    public RdmaTransport(RdmaDevice device, RdmaOptions options, Supplier<BufferPool> pool, SafetyRules rules) {
        this(
                new DeviceLinks(device, options, pool),
                options,
                PathOptions.DEFAULT.with(options.sliceBytes(), options.maxWr()),
                rules);
    }

    RdmaTransport(LinkSource source, RdmaOptions options, PathOptions pathOptions, SafetyRules rules) {
        this.source = source;
        this.options = options;
        this.pathOptions = pathOptions;
        this.rules = rules;
        this.pool = new ConnectionPool<>(options.linksPerPeer(), PooledLink::close);
        this.pauses = new PeerPauses(options.pause().toNanos());
        for (int i = 0; i < fallbacks.length; i++) {
            fallbacks[i] = new LongAdder();
        }
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
        return counters.readBytes() + counters.writtenBytes();
    }

    /** Payload that was copied on its way, since its buffers lie outside the pool. */
    public long stagedBytes() {
        return counters.copiedBytes();
    }

    public PathCounters counters() {
        return counters;
    }

    /** How many operations were left to another transport for that reason. */
    public long fallbacks(Fallback reason) {
        return fallbacks[reason.ordinal()].sum();
    }

    /** How many nodes are left to other transports since RDMA fails there. */
    public int pausedPeers() {
        return pauses.count();
    }

    @Override
    public void run(SegmentTransfer transfer, Deadline deadline) {
        List<? extends TransferOp> ops = transfer.ops();
        for (int i = 0; i < ops.size(); i++) {
            ops.get(i).failed(Outcome.NEVER_SENT, ErrorCode.TRANSFER_FAIL, NOT_TRIED);
        }
        LinkKey peer = keys.of(transfer.target());
        String paused = off != null ? off : pauses.pausedBecause(peer, System.nanoTime());
        if (paused != null) {
            leave(ops, off != null ? Fallback.OFF : Fallback.PAUSED, ErrorCode.TRANSFER_FAIL, peer, paused);
            return;
        }
        for (int attempt = 1; ; attempt++) {
            PooledLink link = take(peer, transfer.target(), ops, deadline);
            if (link == null || !runOnce(link, transfer, attempt, deadline)) {
                return;
            }
        }
    }

    /** Whether to try what is left once more, over another link. */
    private boolean runOnce(PooledLink link, SegmentTransfer transfer, int attempt, Deadline deadline) {
        AccessToken token = transfer.target().token();
        LinkKey peer = link.peer();
        long beginNanos = System.nanoTime();
        PathEnd end = link.path().run(token, transfer.ops(), deadline);
        if (end.keepsLink()) {
            pool.give(link);
            pauses.worked(peer);
            count(end == PathEnd.NO_STAGING ? Fallback.NO_STAGING : Fallback.OUT_OF_BOUNDS, transfer.ops());
            return false;
        }
        boolean endedByNode = end == PathEnd.LINK_FAILED && link.endedByNode();
        pool.drop(link);
        pool.dropIdle(peer); // what ended this one may have ended those
        boolean broken = end == PathEnd.LINK_FAILED
                || (end == PathEnd.OVERDUE
                        && !link.path().progressed()
                        && System.nanoTime() - beginNanos >= SILENCE_NANOS);
        boolean again = end == PathEnd.LINK_FAILED
                && attempt < options.attempts()
                && !closed
                && !deadline.expired()
                && isAnyLeft(transfer.ops(), token.mode());
        if (broken && !again && !link.pooled()) {
            String cause = link.path().cause();
            if (endedByNode) {
                pauses.ended(peer, System.nanoTime(), cause);
            } else {
                pauses.failed(peer, System.nanoTime(), cause);
            }
        }
        if (!again) {
            count(Fallback.LINK_FAILED, transfer.ops());
        }
        return again;
    }

    private static boolean isAnyLeft(List<? extends TransferOp> ops, AccessToken.Mode mode) {
        for (TransferOp op : ops) {
            if (op.outcome() == Outcome.NEVER_SENT
                    || (op.outcome() == Outcome.UNANSWERED && mode == AccessToken.Mode.READ)) {
                return true;
            }
        }
        return false;
    }

    /** A link, or null: then all is said about the operations. */
    private @Nullable PooledLink take(
            LinkKey peer, SegmentTarget target, List<? extends TransferOp> ops, Deadline deadline) {
        boolean opening = false;
        try {
            if (Thread.currentThread().isInterrupted()) {
                throw new StoreException(ErrorCode.TRANSFER_FAIL, "the calling thread was interrupted");
            }
            if (deadline.expired()) {
                throw new StoreException(ErrorCode.RPC_TIMEOUT, "the deadline had passed");
            }
            PooledLink idle = pool.takeIdleOrSlot(peer, deadline);
            opening = idle == null;
            return opening ? open(peer, target, deadline) : idle;
        } catch (StoreException e) {
            if (opening && blamesNode(e.code())) {
                pauses.failed(peer, System.nanoTime(), String.valueOf(e.getMessage()));
            }
            leave(ops, Fallback.NOT_CONNECTED, e.code(), peer, e.getMessage());
        } catch (IOException e) {
            pauses.failed(peer, System.nanoTime(), String.valueOf(e.getMessage()));
            leave(ops, Fallback.NOT_CONNECTED, ErrorCode.TRANSFER_FAIL, peer, e.toString());
        } catch (RuntimeException | Error e) {
            pauses.failed(peer, System.nanoTime(), e.toString());
            leave(ops, Fallback.NOT_CONNECTED, ErrorCode.INTERNAL_ERROR, peer, e.toString());
        }
        return null;
    }

    /** The others concern this token or this client: the next call may have a better one. */
    private boolean blamesNode(ErrorCode refusal) {
        return switch (refusal) {
            case SESSION_CUT, TOKEN_REFUSED -> false;
            default -> !closed && off == null && !Thread.currentThread().isInterrupted();
        };
    }

    private PooledLink open(LinkKey peer, SegmentTarget target, Deadline deadline) throws IOException {
        PooledLink opened = null;
        try {
            LocalMemory memory = memory();
            // the next transport needs the other half
            long half = Math.min(options.connectTimeout().toNanos(), deadline.remainingNanos() / 2);
            OpenLink link = source.open(target, deadline.orAfterNanos(half));
            try {
                LinkPath path = new LinkPath(peer.toString(), link, memory, pathOptions, rules, counters, () -> closed);
                opened = new PooledLink(peer, link, path, IDLE.toNanos());
            } finally {
                if (opened == null) {
                    link.close();
                }
            }
            return opened;
        } finally {
            if (opened == null) {
                pool.freeSlot(peer);
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

    private void leave(
            List<? extends TransferOp> ops, Fallback reason, ErrorCode code, LinkKey peer, @Nullable String why) {
        String detail = "node " + peer + " over RDMA: " + why;
        for (TransferOp op : ops) {
            if (op.outcome() == Outcome.NEVER_SENT) {
                op.failed(Outcome.NEVER_SENT, code, detail);
            }
        }
        count(reason, ops);
    }

    private void count(Fallback reason, List<? extends TransferOp> ops) {
        int left = 0;
        for (int i = 0; i < ops.size(); i++) {
            left += ops.get(i).outcome() == Outcome.DONE ? 0 : 1;
        }
        if (left > 0) {
            fallbacks[reason.ordinal()].add(left);
        }
    }

    private void sweep() {
        while (!closed) {
            LockSupport.parkNanos(this, SWEEP_NANOS);
            long now = System.nanoTime();
            pool.retireIdle(now);
            pauses.forget(now);
        }
    }

    /** Fails what runs, and waits until it has let go of the device. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        LockSupport.unpark(sweeper);
        pool.close();
        if (pool.awaitEmpty(Deadline.after(CLOSE_WAIT))) {
            source.close();
        } else {
            LOG.error("an RDMA link is still in use, so the device stays open");
        }
    }
}
