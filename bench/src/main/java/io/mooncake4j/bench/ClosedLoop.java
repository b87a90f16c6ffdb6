package io.mooncake4j.bench;

import io.mooncake4j.transfer.rpc.RpcClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Keeps a number of calls in flight on each connection for a time, and measures all but the first half of it. */
final class ClosedLoop {
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Function<RpcClient, CompletableFuture<Integer>> call;
    private final BooleanSupplier enough;
    private final LongAdder keys = new LongAdder();
    private final Histogram nanos = new ConcurrentHistogram(LONGEST_NANOS, 3);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean measuring;
    private volatile boolean over;
    private long measuredNanos;

    /**
     * @param call starts one, whose result is its number of keys
     * @param enough whether it may end when the time is over
     */
    ClosedLoop(Function<RpcClient, CompletableFuture<Integer>> call, BooleanSupplier enough) {
        this.call = call;
        this.enough = enough;
    }

    void run(List<RpcClient> connections, int depth, Duration time) throws InterruptedException {
        CountDownLatch running = new CountDownLatch(connections.size() * depth);
        for (RpcClient connection : connections) {
            for (int i = 0; i < depth; i++) {
                next(connection, running);
            }
        }
        Thread.sleep(time.toMillis());
        long start = System.nanoTime();
        measuring = true;
        do {
            Thread.sleep(time.toMillis());
        } while (!enough.getAsBoolean() && failure.get() == null);
        measuring = false;
        measuredNanos = System.nanoTime() - start;
        over = true;
        running.await();
        Throwable first = failure.get();
        if (first != null) {
            throw new IllegalStateException("a call failed", first);
        }
    }

    private void next(RpcClient connection, CountDownLatch running) {
        long start = System.nanoTime();
        CompletableFuture<?> unused = call.apply(connection).whenComplete((count, problem) -> {
            if (problem != null) {
                failure.compareAndSet(null, problem);
            } else if (measuring) {
                keys.add(count);
                nanos.recordValue(Math.min(LONGEST_NANOS, System.nanoTime() - start));
            }
            if (over || problem != null) {
                running.countDown();
            } else {
                next(connection, running);
            }
        });
    }

    double keysPerSecond() {
        return keys.sum() * 1e9 / measuredNanos;
    }

    /** Latency of a call, at that percentile. */
    double micros(double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e3;
    }
}
