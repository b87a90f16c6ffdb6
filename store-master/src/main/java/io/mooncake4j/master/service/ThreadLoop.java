package io.mooncake4j.master.service;

import io.mooncake4j.master.journal.Loop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A loop that is one thread. */
final class ThreadLoop implements Loop, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadLoop.class);

    private final ScheduledThreadPoolExecutor thread;

    ThreadLoop(String name) {
        thread = new ScheduledThreadPoolExecutor(1, Daemons.named(name));
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void execute(Runnable work) {
        try {
            thread.execute(logging(work));
        } catch (RejectedExecutionException e) {
            LOG.debug("the master is closed");
        }
    }

    @Override
    public void schedule(long delayNanos, Runnable work) {
        try {
            thread.schedule(logging(work), delayNanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("the master is closed");
        }
    }

    private static Runnable logging(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException | Error e) { // else nobody would hear of it
                LOG.error("work of a loop failed", e);
                throw e;
            }
        };
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
