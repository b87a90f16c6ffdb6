package io.mooncake4j.transfer.rpc;

import io.netty.channel.EventLoop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Hands things to an event loop in batches: one wake-up and one flush for all that gathered. Safe for all threads. */
final class LoopQueue<T> implements Runnable {
    private static final int MAX_BATCH = 256;

    private final EventLoop loop;
    private final Consumer<T> each;
    private final Runnable afterBatch;
    private final Consumer<T> discard;
    private final Queue<T> items = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();

    /** The first two run on the loop; what comes after the loop has ended is discarded by the adding thread. */
    LoopQueue(EventLoop loop, Consumer<T> each, Runnable afterBatch, Consumer<T> discard) {
        this.loop = loop;
        this.each = each;
        this.afterBatch = afterBatch;
        this.discard = discard;
    }

    void add(T item) {
        items.add(item);
        schedule();
    }

    @Override
    public void run() {
        try {
            T item;
            for (int i = 0; i < MAX_BATCH && (item = items.poll()) != null; i++) {
                each.accept(item);
            }
            afterBatch.run();
        } finally {
            scheduled.set(false);
            if (!items.isEmpty()) {
                schedule();
            }
        }
    }

    private void discardAll() {
        T item;
        while ((item = items.poll()) != null) {
            discard.accept(item);
        }
    }

    private void schedule() {
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            try {
                loop.execute(this);
            } catch (RejectedExecutionException e) {
                scheduled.set(false);
                discardAll();
            }
        }
    }
}
