package io.mooncake4j.master.placement;

import java.util.concurrent.atomic.LongAdder;

/** What the master counts from its start on. Safe for all threads. */
public final class Counters {
    public final LongAdder putsCommitted = new LongAdder();
    /** Sizes of the values put, each once. */
    public final LongAdder putBytes = new LongAdder();

    public final LongAdder getsHit = new LongAdder();
    public final LongAdder getsMissed = new LongAdder();
    /** Sizes of the values whose replicas were told to readers. */
    public final LongAdder locatedBytes = new LongAdder();

    public final LongAdder evictedObjects = new LongAdder();
    public final LongAdder evictedBytes = new LongAdder();
    public final LongAdder sessionsCut = new LongAdder();
    public final LongAdder grantsLapsed = new LongAdder();
}
