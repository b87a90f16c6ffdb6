package io.mooncake4j.master.placement;

import java.util.ArrayList;
import java.util.List;

/** A journal that keeps its changes; from {@link #hide} on they are durable when a test says so. Safe for all threads. */
final class RecordedLog implements ChangeLog {
    private final List<Change> changes = new ArrayList<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private volatile boolean hides;

    void hide() {
        hides = true;
    }

    synchronized List<Change> changes() {
        return List.copyOf(changes);
    }

    void makeDurable(int waiter) {
        Waiter waits;
        synchronized (this) {
            waits = waiters.get(waiter);
        }
        waits.durable();
    }

    @Override
    public synchronized long append(Change change) {
        changes.add(change);
        return changes.size();
    }

    @Override
    public void whenDurable(long sequence, Waiter waiter) {
        if (!hides) {
            waiter.durable();
            return;
        }
        synchronized (this) {
            waiters.add(waiter);
        }
    }

    @Override
    public boolean hidesUntilDurable() {
        return hides;
    }

    @Override
    public boolean durable() {
        return hides;
    }
}
