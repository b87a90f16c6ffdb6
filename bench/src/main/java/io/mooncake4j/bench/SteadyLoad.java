package io.mooncake4j.bench;

import io.mooncake4j.transfer.rpc.RpcClient;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Begins calls at a steady rate, whether or not those before have ended, on a thread of its own. A call's time counts
 * from when it was due: while the master pauses, calls that could not begin wait, too.
 */
final class SteadyLoad {
    private static final int MOST_IN_FLIGHT = 512;

    private final Function<RpcClient, CompletableFuture<Integer>> call;
    private final long periodNanos;
    private final Measurement measurement = new Measurement(() -> 0);
    private final Semaphore permits = new Semaphore(MOST_IN_FLIGHT);

    /** @param call starts one, whose result is its number of keys */
    SteadyLoad(Function<RpcClient, CompletableFuture<Integer>> call, double callsPerSecond) {
        this.call = call;
        this.periodNanos = Math.round(1e9 / callsPerSecond);
    }

    Measurement measurement() {
        return measurement;
    }

    /** Runs until the measurement is over and all calls have ended. */
    Thread start(List<RpcClient> connections) {
        Thread thread = new Thread(() -> run(connections), "steady-load");
        thread.start();
        return thread;
    }

    private void run(List<RpcClient> connections) {
        long dueNanos = System.nanoTime();
        for (int turn = 0; !measurement.over(); turn++) {
            dueNanos += periodNanos;
            long waitNanos = dueNanos - System.nanoTime();
            if (waitNanos > 0) {
                LockSupport.parkNanos(waitNanos);
            }
            permits.acquireUninterruptibly();
            begin(connections.get(turn % connections.size()), dueNanos);
        }
        permits.acquireUninterruptibly(MOST_IN_FLIGHT);
    }

    private void begin(RpcClient connection, long dueNanos) {
        CompletableFuture<?> unused = call.apply(connection).whenComplete((keys, problem) -> {
            measurement.ended(keys, problem, System.nanoTime() - dueNanos);
            permits.release();
        });
    }
}
