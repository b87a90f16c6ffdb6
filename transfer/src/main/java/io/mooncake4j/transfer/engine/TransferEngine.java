package io.mooncake4j.transfer.engine;

import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Moves bytes between callers' buffers and segments over the first transport that reaches the peer. Safe for all
 * threads. Owns its transports.
 */
public final class TransferEngine implements AutoCloseable {
    private static final int QUEUE_PER_WORKER = 64;
    private static final long PART_BYTES = 1 << 20;
    /** With two cores to itself a node moved up to twice as much over two as over one, and no more over four. */
    private static final int STREAMS =
            Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors() / 2));

    private final List<Transport> transports;
    private final ThreadPoolExecutor workers;

    /**
     * @param transports most preferred first; at least one
     * @param workers how many threads help callers with further peers, and run the asynchronous calls
     */
    public TransferEngine(List<Transport> transports, int workers) {
        this.transports = List.copyOf(transports);
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
        List<SegmentTransfer> parts = transfers.size() == 1 ? split(transfers.get(0)) : transfers;
        if (parts.size() == 1) {
            runOne(parts.get(0), deadline);
        } else if (!parts.isEmpty()) {
            new Batch(parts, deadline).run();
        }
    }

    /** As {@link #run} on another thread. With no room left, operations fail OVERLOADED. */
    public CompletableFuture<Void> runAsync(List<SegmentTransfer> transfers, Deadline deadline) {
        try {
            return CompletableFuture.runAsync(() -> run(transfers, deadline), workers);
        } catch (RejectedExecutionException e) {
            ErrorCode why = workers.isShutdown() ? ErrorCode.CLOSED : ErrorCode.OVERLOADED;
            for (SegmentTransfer transfer : transfers) {
                for (TransferOp op : transfer.ops()) {
                    op.failed(TransferOp.Outcome.NEVER_SENT, why, "no transfer worker has room for it");
                }
            }
            return CompletableFuture.completedFuture(null);
        }
    }

    /** Fails what runs. */
    @Override
    public void close() {
        workers.shutdown();
        transports.forEach(Transport::close);
    }

    private void runOne(SegmentTransfer transfer, Deadline deadline) {
        for (Transport transport : transports) {
            transport.run(transfer, deadline);
            for (TransferOp op : transfer.ops()) {
                if (op.outcome() != TransferOp.Outcome.NEVER_SENT) {
                    return;
                }
            }
        }
    }

    /** Large transfers in parts of about the same size: one thread and one connection keep neither side busy. */
    private static List<SegmentTransfer> split(SegmentTransfer transfer) {
        List<? extends TransferOp> ops = transfer.ops();
        long bytes = 0;
        for (TransferOp op : ops) {
            bytes += op.lengthBytes();
        }
        long streams = Math.min(STREAMS, Math.min(ops.size(), bytes / PART_BYTES));
        if (streams < 2) {
            return List.of(transfer);
        }
        List<SegmentTransfer> parts = new ArrayList<>();
        long taken = 0;
        int from = 0;
        for (int i = 0; i < ops.size(); i++) {
            taken += ops.get(i).lengthBytes();
            if (taken >= bytes * (parts.size() + 1) / streams || i == ops.size() - 1) {
                parts.add(new SegmentTransfer(transfer.target(), ops.subList(from, i + 1)));
                from = i + 1;
            }
        }
        return parts;
    }

    /** Several transfers, each claimed once by the caller or by a worker, whoever comes first. */
    private final class Batch {
        private final List<SegmentTransfer> transfers;
        private final Deadline deadline;
        private final AtomicInteger next = new AtomicInteger();
        private final CountDownLatch unfinished;
        private volatile @Nullable Throwable failure;

        Batch(List<SegmentTransfer> transfers, Deadline deadline) {
            this.transfers = transfers;
            this.deadline = deadline;
            this.unfinished = new CountDownLatch(transfers.size());
        }

        void run() {
            for (int i = 1; i < transfers.size(); i++) {
                try {
                    workers.execute(this::runUnclaimed);
                } catch (RejectedExecutionException | OutOfMemoryError e) { // the latter: no thread to be had
                    break; // the caller does the rest itself
                }
            }
            runUnclaimed();
            awaitAll();
            if (failure != null) {
                throw new IllegalStateException("a transport failed", failure);
            }
        }

        private void runUnclaimed() {
            for (int i = next.getAndIncrement(); i < transfers.size(); i = next.getAndIncrement()) {
                try {
                    runOne(transfers.get(i), deadline);
                } catch (RuntimeException | Error e) {
                    failure = e; // for the caller, who then must assume the worst
                } finally {
                    unfinished.countDown();
                }
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
