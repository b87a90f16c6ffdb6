package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts calls, so that a close can wait for those that run. Safe for all threads. */
final class RunningCalls {
    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean closed;

    /**
     * Begins a call, which {@link #end} ends.
     *
     * @throws StoreException CLOSED
     */
    void begin() {
        running.incrementAndGet();
        if (closed) {
            end();
            throw new StoreException(ErrorCode.CLOSED, "the client is closed");
        }
    }

    /** Begins something that must still be finished when calls are refused; {@link #end} ends it. */
    void hold() {
        running.incrementAndGet();
    }

    /** How many run now. */
    int count() {
        return running.get();
    }

    void end() {
        if (running.decrementAndGet() == 0 && closed) {
            synchronized (this) {
                notifyAll();
            }
        }
    }

    /** Refuses new calls; false if this was done before. */
    synchronized boolean close() {
        boolean first = !closed;
        closed = true;
        return first;
    }

    /** Waits for the calls that run; false if some still do, or this thread was interrupted. */
    synchronized boolean awaitNone(Duration longest) {
        Deadline deadline = Deadline.after(longest);
        while (running.get() > 0) {
            long millis = TimeUnit.NANOSECONDS.toMillis(deadline.remainingNanos() + 999_999);
            if (millis <= 0) {
                return false;
            }
            try {
                wait(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
