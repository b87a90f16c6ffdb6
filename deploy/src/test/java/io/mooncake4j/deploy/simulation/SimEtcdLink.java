package io.mooncake4j.deploy.simulation;

import io.mooncake4j.master.etcd.EtcdModel;

/** Between one master's process and etcd: requests and answers are late or lost; it can be cut, and slow. */
final class SimEtcdLink implements EtcdModel.Link {
    private static final long MILLI = 1_000_000L;
    private static final long TIMEOUT_NANOS = 2000 * MILLI;
    private static final long LONGEST_DELAY_NANOS = 1500 * MILLI;

    private static final double LOST_ON_A_SLOW_WAY = 0.4;

    private final World world;
    private final SimEtcd etcd;
    private final SimProcess process;
    private final double lost;
    private long cutUntilNanos;
    private long slowUntilNanos;

    SimEtcdLink(World world, SimEtcd etcd, SimProcess process, double lost) {
        this.world = world;
        this.etcd = etcd;
        this.process = process;
        this.lost = lost;
    }

    void cut(long worldNanos) {
        cutUntilNanos = world.scheduler().nowNanos() + worldNanos;
    }

    void slowDown(long worldNanos) {
        slowUntilNanos = world.scheduler().nowNanos() + worldNanos;
    }

    void heal() {
        cutUntilNanos = 0;
        slowUntilNanos = 0;
    }

    @Override
    public void request(Runnable effect, Runnable silence) {
        Scheduler scheduler = world.scheduler();
        if (loses() || slow() && scheduler.chance(LOST_ON_A_SLOW_WAY)) {
            silently(silence);
            return;
        }
        long delayNanos = delayNanos();
        if (delayNanos > LONGEST_DELAY_NANOS / 3) {
            process.after(TIMEOUT_NANOS, silence); // the answer may be late, too
        }
        scheduler.after(delayNanos, () -> etcd.take(effect, () -> process.after(TIMEOUT_NANOS, silence)));
    }

    @Override
    public void answer(Runnable completion, Runnable silence) {
        if (loses()) {
            world.happened(Happening.ETCD_ANSWER_LOST);
            silently(silence);
            return;
        }
        Scheduler scheduler = world.scheduler();
        scheduler.at(scheduler.nowNanos() + delayNanos(), process, completion);
    }

    @Override
    public void deliver(Runnable completion) {
        Scheduler scheduler = world.scheduler();
        scheduler.at(scheduler.nowNanos() + delayNanos(), process, completion);
    }

    /** The connection breaks, or nothing comes until the time-out. */
    private void silently(Runnable silence) {
        Scheduler scheduler = world.scheduler();
        process.after(scheduler.chance(0.5) ? scheduler.between(MILLI, 100 * MILLI) : TIMEOUT_NANOS, silence);
    }

    private boolean loses() {
        Scheduler scheduler = world.scheduler();
        return !world.settling() && (scheduler.nowNanos() < cutUntilNanos || scheduler.chance(lost));
    }

    private boolean slow() {
        return world.scheduler().nowNanos() < slowUntilNanos;
    }

    private long delayNanos() {
        Scheduler scheduler = world.scheduler();
        if (!world.settling() && scheduler.chance(slow() ? 0.7 : lost)) {
            world.happened(Happening.ETCD_ANSWER_LATE);
            return scheduler.between(10 * MILLI, LONGEST_DELAY_NANOS);
        }
        return scheduler.between(MILLI / 10, 3 * MILLI);
    }
}
