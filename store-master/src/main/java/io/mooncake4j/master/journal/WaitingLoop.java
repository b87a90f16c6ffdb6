package io.mooncake4j.master.journal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/** The loop of a thread that waits for something, and does meanwhile what comes of it. For that thread. */
final class WaitingLoop implements Loop {
    private final LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();

    /**
     * Waits.
     *
     * @throws java.util.concurrent.CompletionException if it fails
     */
    <T> T await(CompletableFuture<T> future) {
        future.whenComplete((done, failure) -> queue.add(() -> {}));
        try {
            while (!future.isDone()) {
                queue.take().run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        return future.join();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void execute(Runnable work) {
        queue.add(work);
    }

    @Override
    public void schedule(long delayNanos, Runnable work) {
        throw new UnsupportedOperationException("nobody has time for that");
    }
}
