package io.mooncake4j.transfer.rdma.queue;

import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.metrics.RdmaMeters;
import io.mooncake4j.transfer.rdma.verbs.WcStatus;
import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the bytes of operations over the queues of one link. The calling thread posts and polls itself; one thread at a
 * time. Allocates nothing for buffers inside the pool, once its tables are as large as they need be. After a run that
 * {@linkplain PathEnd#keepsLink did not keep} the link its queues are destroyed.
 */
public final class LinkPath {
    /** So much is copied before what was copied is posted: the next part is copied while that one travels. */
    private static final int COPY_AHEAD_BYTES = 128 << 10;

    private static final int SPINS = 64;
    private static final long PARK_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long PARK_NANOS = TimeUnit.MICROSECONDS.toNanos(20);
    private static final long STALE_CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final Logger LOG = LoggerFactory.getLogger(LinkPath.class);

    private final String peer;
    private final QueueLink link;
    private final LocalMemory memory;
    private final PathOptions options;
    private final RdmaMeters meters;
    private final BooleanSupplier stop;
    private final boolean flushes;
    private final SendWindows windows;
    private final Bounds bounds;
    private final OpTable table = new OpTable();
    private final Slices slices;
    private final Staging staging;

    private List<? extends TransferOp> ops = List.of();
    private boolean write;
    /** Operations before it have been told that they are done, or are skipped. */
    private int told;

    private boolean progressed;
    private boolean failed;
    private ErrorCode error = ErrorCode.OK;
    private String cause = "";

    /**
     * @param peer names the node in what failed operations tell
     * @param stop asked again and again by the running thread: whether to give up
     */
    public LinkPath(
            String peer,
            QueueLink link,
            LocalMemory memory,
            PathOptions options,
            SafetyRules rules,
            RdmaMeters meters,
            BooleanSupplier stop) {
        this.peer = peer;
        this.link = link;
        this.memory = memory;
        this.options = options;
        this.meters = meters;
        this.stop = stop;
        this.flushes = rules.enforce(SafetyRule.FLUSH);
        windows = new SendWindows(link, options.maxOutstanding());
        bounds = new Bounds(link);
        slices = new Slices(link, memory, table, options.sliceBytes());
        staging = new Staging(memory, meters.copiedBytes());
    }

    /** Why the last run ended as it did, for people; empty if it was complete. */
    public String cause() {
        return cause;
    }

    /** Whether anything succeeded in the last run. */
    public boolean progressed() {
        return progressed;
    }

    /**
     * Runs those operations of a transfer that may be run: of reads all that are not DONE, of writes those NEVER_SENT.
     * Gives each of them an outcome, after which nobody but the caller touches its buffers. Operations outside of the
     * token's ranges or the node's regions are NEVER_SENT. Fails operations, and throws only what they throw themselves; the
     * link is to be closed then. Only if the link was kept before.
     * Returns at the deadline, or as much later as the device takes to let go.
     */
    public PathEnd run(AccessToken token, List<? extends TransferOp> all, Deadline deadline) {
        if (failed) {
            throw new IllegalStateException("the queues of this link are destroyed");
        }
        ops = all;
        write = token.mode() == AccessToken.Mode.WRITE;
        told = 0;
        cause = "";
        progressed = false;
        PathEnd end;
        try {
            end = prepare(token, deadline);
            if (end == PathEnd.COMPLETE) {
                slices.start(token, ops);
                end = move(deadline);
            }
        } catch (IOException | RuntimeException | Error e) {
            end = fail(e instanceof IOException ? ErrorCode.TRANSFER_FAIL : ErrorCode.INTERNAL_ERROR, e.toString());
        }
        if (!end.keepsLink()) {
            letGo();
        }
        try {
            staging.close();
            slices.end();
        } finally {
            report(end);
            ops = List.of();
        }
        return end;
    }

    private PathEnd fail(ErrorCode why, String text) {
        error = why;
        cause = text;
        return PathEnd.LINK_FAILED;
    }

    private PathEnd prepare(AccessToken token, Deadline deadline) {
        table.reset(ops.size());
        long outside = 0;
        int outsideBuffers = 0;
        int largest = 0;
        for (int i = 0; i < ops.size(); i++) {
            TransferOp op = ops.get(i);
            if (!open(op) || !bounds.allow(token, op)) {
                table.skip(i);
                continue;
            }
            table.expect(i, op.lengthBytes());
            for (ByteBuffer buffer : op.buffers()) {
                int remaining = buffer.remaining();
                if (remaining > 0 && slices.needsStaging(buffer)) {
                    outside += remaining;
                    outsideBuffers++;
                    largest = Math.max(largest, remaining);
                }
            }
        }
        if (outside > 0 && !staging.open(outside, outsideBuffers, largest, windows.capacity(), options, deadline)) {
            error = ErrorCode.OVERLOADED;
            cause = "the buffer pool had no room to copy buffers through that lie outside it";
            return PathEnd.NO_STAGING;
        }
        return PathEnd.COMPLETE;
    }

    private PathEnd move(Deadline deadline) throws IOException {
        long progressNanos = System.nanoTime();
        long staleCheckNanos = progressNanos;
        for (int idle = 0; ; ) {
            boolean added = fill();
            boolean back = collect();
            if (failed) {
                return PathEnd.LINK_FAILED;
            }
            if (finished()) {
                return PathEnd.COMPLETE;
            }
            long now = System.nanoTime();
            if (added || back) {
                progressNanos = now;
                staleCheckNanos = now;
                idle = 0;
            }
            PathEnd end = interrupted(now - deadline.atNanos() >= 0);
            if (end != PathEnd.COMPLETE) {
                return end;
            }
            if (now - progressNanos >= options.stall().toNanos()) {
                return fail(
                        ErrorCode.TRANSFER_FAIL,
                        "nothing completed for " + options.stall().toMillis() + " ms");
            }
            if (now - staleCheckNanos >= STALE_CHECK_NANOS) {
                staleCheckNanos = now;
                if (link.isStale()) {
                    return fail(ErrorCode.TRANSFER_FAIL, "the node ended the link");
                }
            }
            if (!added && !back) {
                rest(idle++, now - progressNanos);
            }
        }
    }

    /** COMPLETE if it may go on. */
    private PathEnd interrupted(boolean overdue) {
        if (stop.getAsBoolean()) {
            error = ErrorCode.CLOSED;
            cause = "the transport was closed";
            return PathEnd.STOPPED;
        }
        if (Thread.currentThread().isInterrupted()) {
            error = ErrorCode.TRANSFER_FAIL;
            cause = "the calling thread was interrupted";
            return PathEnd.INTERRUPTED;
        }
        if (overdue) {
            error = ErrorCode.RPC_TIMEOUT;
            cause = "not completed before the deadline";
            return PathEnd.OVERDUE;
        }
        return PathEnd.COMPLETE;
    }

    /** Posts what there is room for; returns whether that was anything. */
    private boolean fill() throws IOException {
        int added = 0;
        for (int copied = 0; slices.more() && added < windows.batch() && copied < COPY_AHEAD_BYTES; added++) {
            SendWindow window = windows.withRoom();
            if (window == null) {
                break;
            }
            int slot = Staging.NONE;
            if (slices.staged()) {
                slot = staging.take();
                if (slot == Staging.NONE) {
                    break;
                }
                slices.cut(staging.address(slot), staging.slotBytes());
                if (write) {
                    staging.copyIn(slot, slices.ofBuffer, slices.atIndex, slices.lengthBytes);
                } else {
                    staging.expect(slot, slices.ofBuffer, slices.atIndex);
                }
                copied += slices.lengthBytes;
            } else {
                slices.cut();
            }
            window.add(
                    write,
                    slices.ofOp,
                    slot,
                    slices.lengthBytes,
                    slices.localAddress,
                    memory.arenaKey(),
                    slices.remoteAddress,
                    slices.remoteKey);
        }
        if (flushes && !slices.more()) {
            added += windows.addFlushes(memory);
        }
        windows.post(table);
        return added > 0;
    }

    private boolean finished() {
        return !slices.more() && windows.idle() && !(flushes && windows.unflushed());
    }

    /** Takes in what has completed; returns whether that was anything. */
    private boolean collect() throws IOException {
        Completions completions = link.completions();
        int count = completions.poll();
        for (int i = 0; i < count; i++) {
            long wrId = completions.wrId(i);
            SendWindow window = windows.of(wrId);
            int back = window == null ? 0 : window.comingBack(SendWindow.sequenceOf(wrId));
            if (window == null || back == 0) {
                failed("the device completed a request that was not outstanding");
            } else if (completions.status(i) != 0) {
                meters.completionErrors().count(WcStatus.name(completions.status(i)));
                failed("a request failed: " + completions.describe(i));
                window.cameBack(back);
            } else {
                progressed = true;
                succeeded(window, back);
            }
        }
        if (count > 0 && !write && !failed) {
            tell();
        }
        return count > 0;
    }

    /** The first cause is the one to tell: what follows was flushed because of it. */
    private void failed(String text) {
        if (!failed) {
            failed = true;
            fail(ErrorCode.TRANSFER_FAIL, text);
        }
    }

    /** After a failure nothing counts as moved any more, whatever comes back as good: it is safe to move it again. */
    private void succeeded(SendWindow window, int count) {
        if (failed) {
            window.cameBack(count);
            return;
        }
        for (int i = 0; i < count; i++, window.cameBack(1)) {
            int op = window.nextOp();
            int slot = window.nextSlot();
            if (slot != Staging.NONE) {
                if (!write) {
                    staging.copyOut(slot, window.nextLength());
                }
                staging.give(slot);
            }
            if (op != SendWindow.FLUSH) {
                table.moved(op, window.nextLength());
            }
        }
    }

    /** Tells reads in their order that they are done, as far as they are. */
    private void tell() {
        for (; told < ops.size() && (table.skipped(told) || table.complete(told)); told++) {
            if (!table.skipped(told)) {
                done(ops.get(told));
            }
        }
    }

    private void done(TransferOp op) {
        op.done();
        meters.payloadBytes().add(op.lengthBytes());
    }

    /** Ends the queues; afterwards no device reads or writes our memory for them. */
    private void letGo() {
        failed = true;
        windows.toError(peer);
        try {
            long until = System.nanoTime() + options.drain().toNanos();
            for (int idle = 0; windows.outstanding() && System.nanoTime() - until < 0; ) {
                if (collect()) {
                    idle = 0;
                } else {
                    rest(idle++, 0);
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            LOG.debug("{}: what is outstanding is not waited for", peer, e);
        }
        windows.destroy();
    }

    /** Tells each operation, though one of them may throw. */
    private void report(PathEnd end) {
        String detail = cause.isEmpty() ? "" : "node " + peer + " over RDMA: " + cause;
        RuntimeException thrown = null;
        for (int i = told; i < ops.size(); i++) {
            TransferOp op = ops.get(i);
            if (table.skipped(i) || !open(op)) {
                continue;
            }
            try {
                if (end == PathEnd.COMPLETE || (!write && table.complete(i))) {
                    finish(op);
                } else {
                    op.failed(table.hasBegun(i) ? Outcome.UNANSWERED : Outcome.NEVER_SENT, error, detail);
                }
            } catch (RuntimeException | Error e) {
                thrown = e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
            }
        }
        if (thrown != null) {
            throw thrown;
        }
    }

    private void finish(TransferOp op) {
        try {
            done(op);
        } catch (RuntimeException | Error e) {
            op.failed(Outcome.UNANSWERED, ErrorCode.INTERNAL_ERROR, e.toString());
        }
    }

    private boolean open(TransferOp op) {
        return write ? op.outcome() == Outcome.NEVER_SENT : op.outcome() != Outcome.DONE;
    }

    private static void rest(int round, long waitedNanos) {
        if (round < SPINS) {
            Thread.onSpinWait();
        } else if (waitedNanos < PARK_AFTER_NANOS) {
            Thread.yield(); // a software device needs the processor more than we do
        } else {
            LockSupport.parkNanos(PARK_NANOS);
        }
    }
}
