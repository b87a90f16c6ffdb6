package io.mooncake4j.deploy.simulation;

import io.mooncake4j.master.journal.Loop;
import java.util.ArrayDeque;
import java.util.Queue;

/** A thread of a process: one piece of work an event, in order. Sometimes it doesn't get its turn. */
final class SimLoop implements Loop {
    private final World world;
    private final SimProcess process;
    private final Queue<Runnable> ready = new ArrayDeque<>();
    private boolean turnComes;

    SimLoop(World world, SimProcess process) {
        this.world = world;
        this.process = process;
    }

    @Override
    public long nanoTime() {
        return process.nowNanos();
    }

    @Override
    public void execute(Runnable work) {
        ready.add(work);
        awaitTurn();
    }

    @Override
    public void schedule(long delayNanos, Runnable work) {
        process.after(delayNanos, () -> execute(work));
    }

    private void awaitTurn() {
        if (!turnComes) {
            turnComes = true;
            Scheduler scheduler = world.scheduler();
            boolean late = !world.settling() && scheduler.chance(0.001);
            process.after(
                    late ? scheduler.between(1_000_000, 2_000_000_000L) : scheduler.between(500, 50_000), this::next);
        }
    }

    private void next() {
        turnComes = false;
        Runnable work = ready.poll();
        if (!ready.isEmpty()) {
            awaitTurn();
        }
        if (work != null) {
            work.run();
        }
    }
}
