package io.mooncake4j.master.etcd;

import io.mooncake4j.transfer.metrics.LatencyHistogram;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;

/** Counts calls to etcd, the time they take and how they fail. Safe for all threads. */
public final class EtcdMeters {
    /** The calls of {@link Etcd} that have an end. */
    public enum Operation {
        RANGE,
        TXN,
        GRANT_LEASE,
        KEEP_ALIVE,
        REVOKE_LEASE,
        COMPACT,
        DEFRAGMENT,
        DISARM,
        HEALTH
    }

    private final Map<Operation, LatencyHistogram> times = new EnumMap<>(Operation.class);
    private final Map<EtcdException.Kind, LongAdder> errors = new EnumMap<>(EtcdException.Kind.class);

    public EtcdMeters() {
        for (Operation operation : Operation.values()) {
            times.put(operation, new LatencyHistogram());
        }
        for (EtcdException.Kind kind : EtcdException.Kind.values()) {
            errors.put(kind, new LongAdder());
        }
    }

    <T> CompletableFuture<T> metered(Operation operation, CompletableFuture<T> call, long sentNanos) {
        return call.whenComplete((answer, failure) -> {
            time(operation).record(System.nanoTime() - sentNanos);
            if (failure != null) {
                errors(EtcdException.of(failure).kind()).increment();
            }
        });
    }

    /** From the call to its end, failed ones included. */
    public LatencyHistogram time(Operation operation) {
        return Objects.requireNonNull(times.get(operation));
    }

    public LongAdder errors(EtcdException.Kind kind) {
        return Objects.requireNonNull(errors.get(kind));
    }
}
