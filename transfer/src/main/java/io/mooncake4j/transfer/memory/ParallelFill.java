package io.mooncake4j.transfer.memory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Runs the pieces of a long start on all cores, and counts them. */
final class ParallelFill {
    private final long totalBytes;
    private final FillProgress progress;
    private final List<Runnable> pieces = new ArrayList<>();
    private long doneBytes;
    private volatile boolean failed;

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
            if (failed) {
                return;
            }
            try {
                piece.run();
            } catch (IOException e) {
                failed = true;
                throw new CompletionException(e);
            } catch (Throwable e) {
                failed = true;
                throw e;
            }
            synchronized (this) {
                doneBytes += bytes;
                progress.filled(doneBytes, totalBytes);
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
        try {
            CompletableFuture.allOf(pieces.stream()
                            .map(piece -> CompletableFuture.runAsync(piece, executor))
                            .toArray(CompletableFuture<?>[]::new))
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        } finally {
            executor.shutdown();
        }
    }
}
