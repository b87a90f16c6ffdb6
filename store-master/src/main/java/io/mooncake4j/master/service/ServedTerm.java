package io.mooncake4j.master.service;

import io.mooncake4j.master.eviction.Evictor;
import io.mooncake4j.master.eviction.NearLru;
import io.mooncake4j.master.ha.Leadership;
import io.mooncake4j.master.placement.Counters;
import io.mooncake4j.master.placement.MasterCore;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What runs while a master leads: its calls, its sweeps and its eviction. */
final class ServedTerm implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServedTerm.class);
    private static final long SWEEP_MS = 100;
    private static final long EVICT_MS = 10;
    private static final long GIVE_UP_MS = 50;

    private final MasterCore core;
    private final Leadership leadership;
    private final MasterService service;
    private final RunningLeases leases;
    private final ScheduledExecutorService timers = Executors.newScheduledThreadPool(3, Daemons.named("master-timer"));

    ServedTerm(MasterCore core, MasterOptions options, CallMeters meters, Leadership leadership, Executor workers) {
        this.core = core;
        this.leadership = leadership;
        this.service = new MasterService(core, meters, leadership, System::nanoTime, workers);
        Evictor evictor = new Evictor(core, new NearLru(), options.highWatermark(), options.lowWatermark());
        Counters counters = core.counters();
        this.leases = new RunningLeases(
                TimeUnit.NANOSECONDS.toMillis(core.times().readLeaseNanos()),
                () -> counters.getsHit.sum() + counters.leasesRenewed.sum());
        every(leases.everyMillis(), leases::look);
        every(SWEEP_MS, () -> core.sweep(System.nanoTime()));
        every(EVICT_MS, () -> evictor.run(System.nanoTime()));
        every(GIVE_UP_MS, core.log()::giveUpLateWaiters);
    }

    MasterCore core() {
        return core;
    }

    /** Read leases that run, about. */
    long readLeases() {
        return leases.count();
    }

    /** Whether this process leads for certain, now. */
    boolean holds() {
        return leadership.holds();
    }

    MasterService service() {
        return service;
    }

    private void every(long periodMs, Runnable work) {
        timers.scheduleWithFixedDelay(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException e) {
                        LOG.error("background work failed; it is tried again", e);
                    }
                },
                periodMs,
                periodMs,
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timers.shutdownNow();
    }
}
