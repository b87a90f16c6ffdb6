package io.mooncake4j.master.journal;

import java.util.concurrent.Executor;

/** One thread's worth of work, in order, and its clock. Safe for all threads. */
public interface Loop extends Executor {
    /** Of the monotonic clock. */
    long nanoTime();

    /** Does it after the time has passed. */
    void schedule(long delayNanos, Runnable work);
}
