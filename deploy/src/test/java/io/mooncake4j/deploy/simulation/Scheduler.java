package io.mooncake4j.deploy.simulation;

import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The events of one run in the order of simulated time, and its only source of chance: the same seed gives the same run,
 * event for event. One thread.
 */
final class Scheduler {
    private static final class Event implements Comparable<Event> {
        private final long atNanos;
        private final long order;
        private final @Nullable SimProcess process;
        private final Runnable action;

        Event(long atNanos, long order, @Nullable SimProcess process, Runnable action) {
            this.atNanos = atNanos;
            this.order = order;
            this.process = process;
            this.action = action;
        }

        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime == 0 ? Long.compare(order, other.order) : byTime;
        }
    }

    final SplittableRandom random;
    private final PriorityQueue<Event> events = new PriorityQueue<>(256);
    private long nowNanos = 1_000_000_000L;
    private long order;
    private long executed;
    private long digest;

    Scheduler(long seed) {
        random = new SplittableRandom(seed);
    }

    /** The world's own time, which nobody in it knows. */
    long nowNanos() {
        return nowNanos;
    }

    /** How many events have happened. */
    long executed() {
        return executed;
    }

    /** Differs where two runs differ in the times and the order of their events. */
    long digest() {
        return digest;
    }

    /** Something that happens to nobody in particular. */
    void after(long nanos, Runnable action) {
        add(nowNanos + nanos, null, action);
    }

    /** Something that a process does: later if it is paused then, and never if it is dead. */
    void at(long atNanos, SimProcess process, Runnable action) {
        add(Math.max(nowNanos, atNanos), process, action);
    }

    private void add(long atNanos, @Nullable SimProcess process, Runnable action) {
        events.add(new Event(atNanos, ++order, process, action));
    }

    /** Lets the next event happen; false if there is none. */
    boolean step() {
        while (true) {
            Event event = events.poll();
            if (event == null) {
                return false;
            }
            nowNanos = Math.max(nowNanos, event.atNanos);
            SimProcess process = event.process;
            if (process != null) {
                if (!process.alive()) {
                    continue;
                }
                if (process.resumesNanos() > nowNanos) {
                    add(process.resumesNanos(), process, event.action);
                    continue;
                }
            }
            executed++;
            digest = digest * 31 + event.order * 7 + nowNanos;
            event.action.run();
            return true;
        }
    }

    /** Lets everything happen that happens before. */
    void runUntil(long untilNanos) {
        for (Event next = events.peek(); next != null && next.atNanos < untilNanos; next = events.peek()) {
            step();
        }
        nowNanos = Math.max(nowNanos, untilNanos);
    }

    /** True with this chance. */
    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** From the first number on, below the second. */
    long between(long from, long below) {
        return random.nextLong(from, below);
    }
}
