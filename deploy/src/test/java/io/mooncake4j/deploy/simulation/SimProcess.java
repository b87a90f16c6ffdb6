package io.mooncake4j.deploy.simulation;

/** One life of a process: it can be paused at any point, and ends once. Its clock is its machine's. */
final class SimProcess {
    private final String name;
    private final Scheduler scheduler;
    private final SimClock clock;
    private boolean alive = true;
    private long resumesNanos;
    private long pausedNanos;

    SimProcess(String name, Scheduler scheduler, SimClock clock) {
        this.name = name;
        this.scheduler = scheduler;
        this.clock = clock;
    }

    boolean alive() {
        return alive;
    }

    /** Until then, in the world's time, nothing happens in it. */
    long resumesNanos() {
        return resumesNanos;
    }

    /** For how long it, or a thread of it, did not run, by its own clock, so far or already decided. */
    long pausedNanos() {
        return pausedNanos;
    }

    long nowNanos() {
        return clock.nanos();
    }

    /** By its clock, as if it had never been paused. */
    long ranNanos() {
        return nowNanos() - pausedNanos;
    }

    /** Runs the action when the process's clock has advanced so far. */
    void after(long ownNanos, Runnable action) {
        scheduler.at(scheduler.nowNanos() + clock.worldNanos(ownNanos), this, action);
    }

    void pause(long worldNanos) {
        long from = Math.max(resumesNanos, scheduler.nowNanos());
        long until = scheduler.nowNanos() + worldNanos;
        if (until > from) {
            pausedNanos += (until - from) / 100 * 101 + 100;
            resumesNanos = until;
        }
    }

    /** Runs the action later than it should: a thread does not get its turn. */
    void afterStall(long ownNanos, Runnable action) {
        pausedNanos += ownNanos;
        after(ownNanos, action);
    }

    void kill() {
        alive = false;
    }

    @Override
    public String toString() {
        return name;
    }
}
