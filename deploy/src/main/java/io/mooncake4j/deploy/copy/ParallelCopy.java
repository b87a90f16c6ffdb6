package io.mooncake4j.deploy.copy;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutOptions;
import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Copies items on several threads. One that fails doesn't stop the others. */
public final class ParallelCopy {
    private final Iterator<CopyItem> items;
    private final Supplier<Mover> movers;
    private final Consumer<CopyResult> each;
    private final int threads;
    private final CountDownLatch ended;
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private final CopyTally tally = new CopyTally();

    private ParallelCopy(Iterator<CopyItem> items, int threads, Supplier<Mover> movers, Consumer<CopyResult> each) {
        this.items = items;
        this.threads = threads;
        this.movers = movers;
        this.each = each;
        this.ended = new CountDownLatch(threads);
    }

    /**
     * Starts to copy files into the store.
     *
     * @param each is told every result, one at a time
     */
    public static ParallelCopy upload(
            Iterator<CopyItem> items,
            int threads,
            MooncakeClient client,
            PutOptions options,
            Consumer<CopyResult> each) {
        return new ParallelCopy(items, threads, () -> Upload.mover(client, options), each).start();
    }

    /** Starts to copy values of the store into files; otherwise as an upload. */
    public static ParallelCopy download(
            Iterator<CopyItem> items,
            int threads,
            MooncakeClient client,
            UnfinishedFiles unfinished,
            Consumer<CopyResult> each) {
        Object turn = new Object();
        return new ParallelCopy(items, threads, () -> Download.mover(client, unfinished, turn), each).start();
    }

    private ParallelCopy start() {
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(this::work, "copy-" + i);
            thread.setDaemon(true);
            thread.start();
        }
        return this;
    }

    private void work() {
        try {
            Mover mover = movers.get();
            for (CopyItem item = next(); item != null && failure.get() == null; item = next()) {
                CopyResult result = move(mover, item);
                tally.add(result);
                tell(result);
            }
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        } catch (Error e) {
            failure.compareAndSet(null, new IllegalStateException("a copying thread failed", e));
        } finally {
            ended.countDown();
        }
    }

    private @Nullable CopyItem next() {
        synchronized (items) {
            return items.hasNext() ? items.next() : null;
        }
    }

    private static CopyResult move(Mover mover, CopyItem item) {
        if (item.refused() != null) {
            return CopyResult.failed(item, item.refused());
        }
        try {
            return mover.move(item);
        } catch (Exception e) {
            return CopyResult.failed(item, e);
        } catch (OutOfMemoryError e) {
            return CopyResult.failed(
                    item,
                    new IOException(
                            "not enough memory (" + e.getMessage()
                                    + "); raise it with MOONCAKE4J_JAVA_OPTS=-XX:MaxDirectMemorySize=…",
                            e));
        } catch (Error e) { // such as a source file that was cut short while it was mapped
            return CopyResult.failed(item, new IOException(e.toString(), e));
        }
    }

    private void tell(CopyResult result) {
        synchronized (each) {
            each.accept(result);
        }
    }

    public CopyTally tally() {
        return tally;
    }

    /**
     * Waits for the end, for so long at most; says whether it was reached.
     *
     * @throws RuntimeException what broke the items' source, once all threads have stopped
     */
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        if (!ended.await(time, unit)) {
            return false;
        }
        RuntimeException broken = failure.get();
        if (broken != null) {
            throw broken;
        }
        return true;
    }
}
