package io.mooncake4j.transfer.engine;

import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Moves bytes between callers' buffers and segments over the first transport that reaches the peer. Safe for all
 * threads. Owns its transports.
 */
public final class TransferEngine implements AutoCloseable {
    private static final int QUEUE_PER_WORKER = 64;

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
     * Returns when every operation has an outcome, and then nobody but the caller touches their buffers. Never throws:
     * operations fail. Blocks until the deadline at the longest.
     */
    public void run(List<SegmentTransfer> transfers, Deadline deadline) {
        if (transfers.size() == 1) {
            runOne(transfers.get(0), deadline);
        } else if (!transfers.isEmpty()) {
            new Batch(transfers, deadline).run();
        }
    }

    /** As {@link #run} on another thread. Always completes normally. With no room left, operations fail OVERLOADED. */
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
            if (transfer.ops().stream().anyMatch(op -> op.outcome() != TransferOp.Outcome.NEVER_SENT)) {
                return;
            }
        }
    }

    /** Transfers to several peers, each claimed once by the caller or by a worker, whoever comes first. */
    private final class Batch {
        private final List<SegmentTransfer> transfers;
        private final Deadline deadline;
        private final AtomicInteger next = new AtomicInteger();
        private final CountDownLatch unfinished;

        Batch(List<SegmentTransfer> transfers, Deadline deadline) {
            this.transfers = transfers;
            this.deadline = deadline;
            this.unfinished = new CountDownLatch(transfers.size());
        }

        void run() {
            for (int i = 1; i < transfers.size(); i++) {
                try {
                    workers.execute(this::runUnclaimed);
                } catch (RejectedExecutionException e) {
                    break; // the caller does the rest itself
                }
            }
            runUnclaimed();
            awaitAll();
        }

        private void runUnclaimed() {
            for (int i = next.getAndIncrement(); i < transfers.size(); i = next.getAndIncrement()) {
                try {
                    runOne(transfers.get(i), deadline);
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
