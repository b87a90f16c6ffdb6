package io.mooncake4j.node;

import java.util.concurrent.atomic.LongAdder;

/** Counts the checks of replicas by their ends. Safe for all threads. */
public final class ReplicaChecks {
    private final LongAdder intact = new LongAdder();
    private final LongAdder corrupt = new LongAdder();

    void ended(boolean isIntact) {
        (isIntact ? intact : corrupt).increment();
    }

    public long intact() {
        return intact.sum();
    }

    public long corrupt() {
        return corrupt.sum();
    }
}
