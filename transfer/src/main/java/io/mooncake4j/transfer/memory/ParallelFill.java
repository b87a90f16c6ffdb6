package io.mooncake4j.transfer.memory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Runs the pieces of a long start on all cores, and counts them. */
final class ParallelFill {
    private final long totalBytes;
    private final FillProgress progress;
    private final List<Runnable> pieces = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private long doneBytes;

    /** May fail. */
    @FunctionalInterface
    interface Piece {
        void run() throws IOException;
    }

    ParallelFill(long totalBytes, FillProgress progress) {
        this.totalBytes = totalBytes;
        this.progress = progress;
    }

    void add(long bytes, Piece piece) {
        pieces.add(() -> {
            if (failure.get() != null) {
                return;
            }
            try {
                piece.run();
                synchronized (this) {
                    doneBytes += bytes;
                    progress.filled(doneBytes, totalBytes);
                }
            } catch (IOException | RuntimeException | Error e) {
                failure.compareAndSet(null, e);
            }
        });
    }

    /**
     * Returns when no piece runs any more: all are done, or one failed and no further one was started. Interrupts don't
     * end it: they would close the file that is being written, and with it its lock.
     */
    void run() throws IOException {
        int threads = Math.min(pieces.size(), Runtime.getRuntime().availableProcessors());
        ExecutorService executor = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "mooncake4j-fill");
            thread.setDaemon(true);
            return thread;
        });
        CompletableFuture.allOf(pieces.stream()
                        .map(piece -> CompletableFuture.runAsync(piece, executor))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
        executor.shutdown();
        Throwable failed = failure.get();
        if (failed instanceof IOException e) {
            throw e;
        }
        if (failed instanceof RuntimeException e) {
            throw e;
        }
        if (failed instanceof Error e) {
            throw e;
        }
    }
}
