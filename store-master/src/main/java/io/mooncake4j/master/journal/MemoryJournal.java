package io.mooncake4j.master.journal;

import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.ChangeLog;
import java.util.concurrent.atomic.AtomicLong;

/** The journal that forgets: everything is as durable as it gets at once, and a restart starts a new cluster. */
public final class MemoryJournal implements ChangeLog {
    private final AtomicLong head = new AtomicLong();

    @Override
    public long append(Change change) {
        return head.incrementAndGet();
    }

    @Override
    public void whenDurable(long sequence, Waiter waiter) {
        waiter.durable();
    }

    @Override
    public boolean durable() {
        return false;
    }
}
