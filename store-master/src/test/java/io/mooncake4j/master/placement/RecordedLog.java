package io.mooncake4j.master.placement;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A journal that keeps its changes; from {@link #hide} on they are durable when a test says so. Safe for all threads. */
final class RecordedLog implements ChangeLog {
    private final List<Change> changes = new ArrayList<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private volatile boolean hides;
    private volatile @Nullable String refusal;

    void hide() {
        hides = true;
    }

    /** From now on no segment is mounted or moved. */
    void refuseSegments(String why) {
        refusal = why;
    }

    @Override
    public @Nullable String refusal(Change.SegmentMounted segment) {
        return refusal;
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
