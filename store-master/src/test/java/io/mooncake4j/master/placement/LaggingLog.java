package io.mooncake4j.master.placement;

import java.util.ArrayList;
import java.util.List;

/** A journal in which nothing becomes durable before a test says so. Safe for all threads. */
public final class LaggingLog implements ChangeLog {
    private final List<Waiter> waiters = new ArrayList<>();
    private long last;
    private long durable;
    private boolean prompt = true;

    /** From now on no put is acknowledged at once. */
    synchronized void stopAcknowledging() {
        prompt = false;
    }

    public synchronized int waiting() {
        return waiters.size();
    }

    /** All that was appended is durable. */
    public void catchUp() {
        List<Waiter> told;
        synchronized (this) {
            durable = last;
            told = List.copyOf(waiters);
            waiters.clear();
        }
        told.forEach(Waiter::durable);
    }

    @Override
    public synchronized long append(Change change) {
        return ++last;
    }

    @Override
    public synchronized long lastSequence() {
        return last;
    }

    @Override
    public void whenDurable(long sequence, Waiter waiter) {
        synchronized (this) {
            if (sequence > durable) {
                waiters.add(waiter);
                return;
            }
        }
        waiter.durable();
    }

    @Override
    public synchronized boolean acknowledgesAtOnce() {
        return prompt;
    }

    @Override
    public boolean durable() {
        return true;
    }
}
