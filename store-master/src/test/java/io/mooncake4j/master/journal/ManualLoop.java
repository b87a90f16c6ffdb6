package io.mooncake4j.master.journal;

import java.util.PriorityQueue;

/** A loop whose work is done when a test says so, under a clock that it turns. For one thread. */
public final class ManualLoop implements Loop {
    private record Work(long atNanos, long number, Runnable work) {}

    private final PriorityQueue<Work> queue = new PriorityQueue<>((a, b) ->
            a.atNanos() != b.atNanos() ? Long.compare(a.atNanos(), b.atNanos()) : Long.compare(a.number(), b.number()));
    private long nowNanos = 1_000_000_000L;
    private long count;

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    @Override
    public void execute(Runnable work) {
        schedule(0, work);
    }

    @Override
    public void schedule(long delayNanos, Runnable work) {
        queue.add(new Work(nowNanos + delayNanos, count++, work));
    }

    /** Does everything that is due, and what comes of it. */
    public void run() {
        pass(0);
    }

    /** Lets time pass, doing on the way what becomes due. */
    public void pass(long nanos) {
        long until = nowNanos + nanos;
        for (Work next = queue.peek(); next != null && next.atNanos() <= until; next = queue.peek()) {
            queue.remove();
            nowNanos = Math.max(nowNanos, next.atNanos());
            next.work().run();
        }
        nowNanos = until;
    }
}
