package io.mooncake4j.master.service;

import io.mooncake4j.transfer.metrics.LatencyHistogram;
import io.mooncake4j.transfer.rpc.RpcObserver;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.CallStats;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Counts the calls of each method, their keys and the time they take here. Safe for all threads. */
public final class CallMeters implements RpcObserver {
    private static final class Meter {
        final LongAdder failed = new LongAdder();
        final LongAdder keys = new LongAdder();
        final LatencyHistogram time = new LatencyHistogram();
    }

    private final Meter[] meters = new Meter[Method.values().length];

    CallMeters() {
        for (int i = 0; i < meters.length; i++) {
            meters[i] = new Meter();
        }
    }

    @Override
    public void answered(Method method, long nanos, boolean failed) {
        Meter meter = meters[method.ordinal()];
        meter.time.record(nanos);
        if (failed) {
            meter.failed.increment();
        }
    }

    /** A request of so many keys is carried out. */
    void keys(Method method, int count) {
        meters[method.ordinal()].keys.add(count);
    }

    /** How long its answered calls took here. */
    public LatencyHistogram time(Method method) {
        return meters[method.ordinal()].time;
    }

    /** Its calls that were answered by an error as a whole. */
    public long failed(Method method) {
        return meters[method.ordinal()].failed.sum();
    }

    /** Keys in its requests. */
    public long keys(Method method) {
        return meters[method.ordinal()].keys.sum();
    }

    /** Of every method that was called. */
    List<CallStats> stats() {
        List<CallStats> all = new ArrayList<>();
        for (Method method : Method.values()) {
            CallStats stats = stats(method, meters[method.ordinal()]);
            if (stats.getAnswered() > 0) {
                all.add(stats);
            }
        }
        return all;
    }

    private static CallStats stats(Method method, Meter meter) {
        CallStats.Builder stats = CallStats.newBuilder()
                .setMethod(method.number())
                .setFailed(meter.failed.sum())
                .setKeys(meter.keys.sum())
                .setNanos(meter.time.totalNanos());
        long answered = 0;
        long[] classes = meter.time.classes();
        for (int bucket = 0; bucket < classes.length; bucket++) {
            long count = classes[bucket];
            if (count > 0) {
                while (stats.getLatencyBucketsCount() < bucket) {
                    stats.addLatencyBuckets(0);
                }
                stats.addLatencyBuckets(count);
                answered += count;
            }
        }
        return stats.setAnswered(answered).build();
    }
}
