package io.mooncake4j.bench;

import io.mooncake4j.transfer.rpc.RpcClient;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** Keeps a number of calls in flight on each connection: the next one begins when one has ended. */
final class ClosedLoop {
    private final Function<RpcClient, CompletableFuture<Integer>> call;
    private final Measurement measurement;

    /**
     * @param call starts one, whose result is its number of keys
     * @param allocatedBytes by the master so far
     */
    ClosedLoop(Function<RpcClient, CompletableFuture<Integer>> call, LongSupplier allocatedBytes) {
        this.call = call;
        this.measurement = new Measurement(allocatedBytes);
    }

    /** @param enough whether it may end when the time is over */
    Measurement run(List<RpcClient> connections, int depth, LoadTimes times, BooleanSupplier enough)
            throws InterruptedException {
        CountDownLatch running = new CountDownLatch(connections.size() * depth);
        for (RpcClient connection : connections) {
            for (int i = 0; i < depth; i++) {
                next(connection, running);
            }
        }
        measurement.take(times, enough);
        running.await();
        measurement.requireSuccess();
        return measurement;
    }

    private void next(RpcClient connection, CountDownLatch running) {
        long start = System.nanoTime();
        CompletableFuture<?> unused = call.apply(connection).whenComplete((keys, problem) -> {
            measurement.ended(keys, problem, System.nanoTime() - start);
            if (measurement.over()) {
                running.countDown();
            } else {
                next(connection, running);
            }
        });
    }
}
