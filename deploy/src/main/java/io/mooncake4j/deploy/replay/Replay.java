package io.mooncake4j.deploy.replay;

import io.mooncake4j.deploy.load.BlockStore;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * One replay: client threads serve requests from a real store while cache models serve the same requests in the same
 * order.
 */
public final class Replay implements AutoCloseable {
    private final RequestQueue queue;
    private final ReplayTally tally = new ReplayTally();
    private final List<Thread> threads = new ArrayList<>();
    private final List<BlockStore> stores = new ArrayList<>();

    /**
     * Prepares a run; nothing moves before {@link #start}.
     *
     * @param stores gives every thread its own, which {@link #close} closes
     * @param models simulated beside the store
     */
    public Replay(
            Iterator<TraceRequest> requests,
            ReplayOptions options,
            Supplier<? extends BlockStore> stores,
            List<? extends CacheModel> models) {
        queue = new RequestQueue(requests, options, models);
        for (int i = 0; i < options.clients(); i++) {
            BlockStore store = stores.get();
            this.stores.add(store);
            threads.add(new Thread(new ReplayThread(queue, options, store, tally), "replay-" + i));
        }
    }

    public void start() {
        threads.forEach(Thread::start);
    }

    /** Waits for the end of the run, at most that long; whether it came. */
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        long deadline = System.nanoTime() + unit.toNanos(time);
        for (Thread thread : threads) {
            long leftMillis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
            thread.join(leftMillis);
            if (thread.isAlive()) {
                return false;
            }
        }
        return true;
    }

    public ReplayTally tally() {
        return tally;
    }

    /** Hits of each cache model, in the order in which they were given. */
    public long[] modelHits() {
        return queue.modelHits();
    }

    public long elapsedNanos() {
        return queue.elapsedNanos();
    }

    /** Hands out no more requests; what runs goes on to its end. */
    public void stop() {
        queue.stop();
    }

    /** Hands out no more requests, interrupts what runs, and closes the stores. */
    @Override
    public void close() {
        stop();
        threads.forEach(Thread::interrupt);
        stores.forEach(BlockStore::close);
    }
}
