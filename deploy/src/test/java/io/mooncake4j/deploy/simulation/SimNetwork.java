package io.mooncake4j.deploy.simulation;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Carries messages: late, twice, out of order, or not at all. Heals when told to. */
final class SimNetwork {
    private static final long MILLI = 1_000_000L;

    private final Scheduler scheduler;
    private final Plan plan;
    private boolean healed;

    SimNetwork(Scheduler scheduler, Plan plan) {
        this.scheduler = scheduler;
        this.plan = plan;
    }

    /** From now on every message arrives, once, soon. */
    void heal() {
        healed = true;
    }

    /**
     * @param to who is there when it arrives
     * @param refused what happens if nobody is
     */
    void send(Supplier<@Nullable SimProcess> to, Runnable delivery, Runnable refused) {
        if (!healed && scheduler.chance(plan.lost())) {
            return;
        }
        deliver(to, delivery, refused);
        if (!healed && scheduler.chance(plan.duplicated())) {
            deliver(to, delivery, refused);
        }
    }

    private void deliver(Supplier<@Nullable SimProcess> to, Runnable delivery, Runnable refused) {
        scheduler.after(delayNanos(), () -> {
            SimProcess process = to.get();
            if (process == null || !process.alive()) {
                refused.run();
                return;
            }
            if (process.resumesNanos() > scheduler.nowNanos()) {
                scheduler.at(process.resumesNanos(), process, delivery);
            } else {
                delivery.run();
            }
        });
    }

    private long delayNanos() {
        if (!healed && scheduler.chance(plan.late())) {
            // some of it longer than leases and grants last
            return scheduler.chance(0.2)
                    ? scheduler.between(MILLI, 12_000 * MILLI)
                    : scheduler.between(MILLI, 1000 * MILLI);
        }
        return scheduler.between(MILLI / 20, 2 * MILLI);
    }

    /** Whether a peer learns that a connection has ended: not if its machine is gone, or a firewall forgot. */
    boolean tellsEnd() {
        return healed || !scheduler.chance(plan.lost());
    }

    /** How long a piece of a byte stream takes. */
    long pieceNanos() {
        if (!healed && scheduler.chance(plan.stalled())) {
            return scheduler.between(MILLI, 4000 * MILLI);
        }
        return scheduler.between(MILLI / 50, MILLI);
    }
}
