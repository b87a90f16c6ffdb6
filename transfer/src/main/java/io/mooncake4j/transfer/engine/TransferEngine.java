package io.mooncake4j.transfer.engine;

import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Moves bytes between callers' buffers and segments over the first transport that reaches the peer. Reads that one
 * transport fails at, and writes of which it sent nothing, go on to the next. Safe for all threads. Owns its transports.
 */
public final class TransferEngine implements AutoCloseable {
    private static final int QUEUE_PER_WORKER = 64;
    private static final long PART_BYTES = 2 << 20;
    /** Threads for one call, where it goes to fewer peers: one thread and one connection keep neither side busy. */
    private static final int STREAMS =
            Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors() / 2));

    private final List<Transport> transports;
    private final TransferObserver observer;
    private final ThreadPoolExecutor workers;

    /**
     * @param transports most preferred first; at least one
     * @param workers how many threads help callers with further peers
     */
    public TransferEngine(List<Transport> transports, int workers) {
        this(transports, workers, TransferObserver.NONE);
    }

    /** As {@link #TransferEngine(List, int)}, with somebody who looks on. */
    public TransferEngine(List<Transport> transports, int workers, TransferObserver observer) {
        this.transports = List.copyOf(transports);
        this.observer = observer;
        AtomicInteger number = new AtomicInteger();
        this.workers = new ThreadPoolExecutor(
                workers, workers, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(workers * QUEUE_PER_WORKER), task -> {
                    Thread thread = new Thread(task, "transfer-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        this.workers.allowCoreThreadTimeOut(true);
    }

    /**
     * Returns when every operation has an outcome, and then nobody but the caller touches their buffers. Operations fail;
     * it throws only for what no transport expects, an Error say, and then outcomes mean nothing, but it has ended, too.
     * Blocks until the deadline at the longest.
     */
    public void run(List<SegmentTransfer> transfers, Deadline deadline) {
        if (transfers.size() == 1
                && partEnd(transfers.get(0).ops(), 0) == transfers.get(0).ops().size()) {
            runOne(transfers.get(0), deadline);
        } else if (!transfers.isEmpty()) {
            new Batch(transfers, deadline).run();
        }
    }

    /** Fails what runs. */
    @Override
    public void close() {
        workers.shutdown();
        transports.forEach(Transport::close);
    }

    /** What a transport could not do goes on to the next one, as far as that does no harm and time is left. */
    private void runOne(SegmentTransfer transfer, Deadline deadline) {
        SegmentTransfer left = transfer;
        for (int i = 0; left != null; i++) {
            Transport transport = transports.get(i);
            long startedNanos = System.nanoTime();
            transport.run(left, deadline);
            observer.ran(transport, left, System.nanoTime() - startedNanos);
            if (i + 1 == transports.size() || deadline.expired()) {
                return;
            }
            left = repeatable(left);
        }
    }

    /** Those operations that another transport may try; null if there are none. */
    private static @Nullable SegmentTransfer repeatable(SegmentTransfer ran) {
        boolean read = ran.target().token().mode() == AccessToken.Mode.READ;
        List<? extends TransferOp> ops = ran.ops();
        int first = 0;
        while (first < ops.size() && !repeatable(ops.get(first), read)) {
            first++;
        }
        if (first == ops.size()) {
            return null;
        }
        List<TransferOp> again = new ArrayList<>(ops.size() - first);
        for (TransferOp op : ops.subList(first, ops.size())) {
            if (repeatable(op, read)) {
                again.add(op);
            }
        }
        return new SegmentTransfer(ran.target(), again);
    }

    /** A read has no effect on the node, and what is left of the attempt none on the buffer; a write may still take place. */
    private static boolean repeatable(TransferOp op, boolean read) {
        return op.outcome() == TransferOp.Outcome.NEVER_SENT || (read && op.outcome() == TransferOp.Outcome.UNANSWERED);
    }

    private static int partEnd(List<? extends TransferOp> ops, int from) {
        long bytes = 0;
        int end = from;
        while (end < ops.size() && bytes < PART_BYTES) {
            bytes += ops.get(end).lengthBytes();
            end++;
        }
        return end;
    }

    /** One transfer in parts of about {@value #PART_BYTES} bytes, each claimed once. */
    private static final class Lane {
        private final List<SegmentTransfer> parts = new ArrayList<>();
        private final AtomicInteger next = new AtomicInteger();
        /** An operation that got no answer: the peer is not tried again by this call. */
        private volatile @Nullable TransferOp unanswered;

        Lane(SegmentTransfer whole) {
            for (int from = 0, end; from < whole.ops().size(); from = end) {
                end = partEnd(whole.ops(), from);
                parts.add(new SegmentTransfer(whole.target(), whole.ops().subList(from, end)));
            }
        }

        int parts() {
            return parts.size();
        }

        /** Takes in how a part ended. */
        void ran(SegmentTransfer part) {
            for (TransferOp op : part.ops()) {
                if (op.outcome() == TransferOp.Outcome.UNANSWERED || op.outcome() == TransferOp.Outcome.NEVER_SENT) {
                    unanswered = op;
                }
            }
        }

        /** Fails a part if its peer did not answer to an earlier one. */
        boolean skips(SegmentTransfer part) {
            TransferOp why = unanswered;
            if (why == null) {
                return false;
            }
            for (TransferOp op : part.ops()) {
                op.failed(TransferOp.Outcome.NEVER_SENT, why.error(), why.detail());
            }
            return true;
        }

        @Nullable
        SegmentTransfer claim() {
            int claimed = next.getAndIncrement();
            return claimed < parts.size() ? parts.get(claimed) : null;
        }
    }

    /**
     * Several transfers, done by the caller and by the workers that come. Each thread begins with a peer of its own, so
     * that with a worker for each a silent peer delays no other, and then helps with what is left.
     */
    private final class Batch {
        private final List<Lane> lanes = new ArrayList<>();
        private final Deadline deadline;
        private final int parts;
        private final AtomicInteger arrived = new AtomicInteger();
        private final CountDownLatch unfinished;
        private volatile @Nullable Throwable failure;

        Batch(List<SegmentTransfer> transfers, Deadline deadline) {
            this.deadline = deadline;
            int count = 0;
            for (SegmentTransfer transfer : transfers) {
                Lane lane = new Lane(transfer);
                lanes.add(lane);
                count += lane.parts();
            }
            this.parts = count;
            this.unfinished = new CountDownLatch(count);
        }

        void run() {
            int threads = Math.min(parts, Math.max(lanes.size(), STREAMS));
            for (int i = 1; i < threads; i++) {
                try {
                    workers.execute(this::work);
                } catch (RejectedExecutionException | OutOfMemoryError e) { // the latter: no thread to be had
                    break; // the caller does the rest itself
                }
            }
            work();
            awaitAll();
            if (failure != null) {
                throw new IllegalStateException("a transport failed", failure);
            }
        }

        private void work() {
            int first = arrived.getAndIncrement();
            for (int i = 0; i < lanes.size(); i++) {
                Lane lane = lanes.get((first + i) % lanes.size());
                for (SegmentTransfer part = lane.claim(); part != null; part = lane.claim()) {
                    runPart(lane, part);
                }
            }
        }

        private void runPart(Lane lane, SegmentTransfer part) {
            try {
                if (!lane.skips(part)) {
                    runOne(part, deadline);
                    lane.ran(part);
                }
            } catch (RuntimeException | Error e) {
                failure = e; // for the caller, who then must assume the worst
            } finally {
                unfinished.countDown();
            }
        }

        /** Not to be interrupted: until workers are done the buffers are theirs. Transports end at the deadline. */
        private void awaitAll() {
            boolean interrupted = false;
            while (true) {
                try {
                    unfinished.await();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
