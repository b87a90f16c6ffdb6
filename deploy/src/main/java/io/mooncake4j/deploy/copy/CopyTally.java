package io.mooncake4j.deploy.copy;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** How far a copy is. Safe for all threads. */
public final class CopyTally {
    private final AtomicLongArray counts = new AtomicLongArray(CopyResult.Status.values().length);
    private final LongAdder movedBytes = new LongAdder();

    void add(CopyResult result) {
        counts.getAndIncrement(result.status().ordinal());
        switch (result.status()) {
            case STORED, FETCHED -> movedBytes.add(result.sizeBytes());
            case EXISTED, NOT_FOUND, FAILED -> {}
        }
    }

    public long count(CopyResult.Status status) {
        return counts.get(status.ordinal());
    }

    /** All items that ended. */
    public long items() {
        long all = 0;
        for (CopyResult.Status status : CopyResult.Status.values()) {
            all += count(status);
        }
        return all;
    }

    /** Bytes of what was stored or fetched. */
    public long movedBytes() {
        return movedBytes.sum();
    }
}
