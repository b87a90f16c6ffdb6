package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Runs calls, on the caller's thread or on one of the client's own. Counts them from when they are given, and keeps the
 * leased buffers of their entries until they have ended.
 */
final class Invocations {
    private final RunningCalls running;
    private final ThreadPoolExecutor executor;
    private final Duration closeTimeout;

    Invocations(RunningCalls running, int threads, int queue, Duration closeTimeout) {
        this.running = running;
        this.closeTimeout = closeTimeout;
        AtomicInteger number = new AtomicInteger();
        this.executor = new ThreadPoolExecutor(
                threads, threads, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queue), work -> {
                    Thread thread = new Thread(work, "mooncake4j-async-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
    }

    <R> R run(List<KvEntry> entries, Supplier<R> call) {
        begin(entries);
        try {
            return call.get();
        } finally {
            end(entries);
        }
    }

    /** As {@link #submit(List, Supplier, Consumer)}, for results that hold nothing. */
    <R> CompletableFuture<R> submit(List<KvEntry> entries, Supplier<R> call) {
        return submit(entries, call, result -> {});
    }

    /**
     * Never throws: the future fails.
     *
     * @param discard gets a result that comes when the future has already been cancelled, timed out or completed
     */
    <R> CompletableFuture<R> submit(List<KvEntry> entries, Supplier<R> call, Consumer<R> discard) {
        try {
            begin(entries);
        } catch (StoreException e) {
            return CompletableFuture.failedFuture(e);
        }
        CompletableFuture<R> future = new CompletableFuture<>();
        try {
            executor.execute(() -> complete(future, entries, call, discard));
        } catch (RejectedExecutionException e) {
            end(entries);
            future.completeExceptionally(new StoreException(
                    ErrorCode.OVERLOADED,
                    "all " + executor.getMaximumPoolSize() + " threads for asynchronous calls are busy, and "
                            + executor.getQueue().size() + " calls wait",
                    e));
        }
        return future;
    }

    private <R> void complete(
            CompletableFuture<R> future, List<KvEntry> entries, Supplier<R> call, Consumer<R> discard) {
        R result;
        try {
            result = call.get();
        } catch (Throwable failure) {
            end(entries);
            future.completeExceptionally(failure);
            return;
        }
        end(entries);
        if (!future.complete(result)) {
            discard.accept(result);
        }
    }

    private void begin(List<KvEntry> entries) {
        running.begin();
        int retained = 0;
        try {
            for (; retained < entries.size(); retained++) {
                entries.get(retained).retain();
            }
        } catch (StoreException e) {
            end(entries.subList(0, retained));
            throw e;
        }
    }

    private void end(List<KvEntry> entries) {
        for (int i = 0; i < entries.size(); i++) {
            entries.get(i).release();
        }
        running.end();
    }

    /** Refuses new calls and waits, for a bounded time, for those that run; false if this was done before. */
    boolean close() {
        if (!running.close()) {
            return false;
        }
        running.awaitNone(closeTimeout);
        executor.shutdown(); // what still waits runs, and fails as closed
        return true;
    }
}
