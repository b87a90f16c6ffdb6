package io.mooncake4j.deploy.simulation;

import io.mooncake4j.master.eviction.Evictor;
import io.mooncake4j.master.eviction.NearLru;
import io.mooncake4j.master.ha.Leadership;
import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.ChangeLog;
import io.mooncake4j.master.placement.CoreAudit;
import io.mooncake4j.master.placement.DurableState;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.PlacementStrategy;
import io.mooncake4j.transfer.wire.Epoch;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a master does while it leads: the real core, eviction and sweeps; the journal is observed on its way. */
final class ClusterTerm implements SimTerm, Leadership {
    private static final long SWEEP_NANOS = 150_000_000L;
    private static final int TERM_SHIFT = 32;

    private final World world;
    private final Cluster cluster;
    private final SimProcess process;
    private final int number;
    private final ObservedLog log;
    private final MasterCore core;
    private final Evictor evictor;
    /** Puts that somebody was told to be stored, and when, by {@link SimProcess#ranNanos}. */
    private final Map<Long, Long> acknowledged = new HashMap<>();

    /** Clients and numbers of the put requests that were answered; one that comes again is answered as it was then. */
    private final Set<String> answered = new HashSet<>();

    private @Nullable Leadership proof;
    private boolean serving;
    private boolean evicting;
    /** Somebody deleted its leader key. */
    private boolean robbed;

    /** @param number of all terms of the world, from 1 on */
    ClusterTerm(
            World world,
            Cluster cluster,
            SimProcess process,
            int master,
            int number,
            Epoch epoch,
            byte[] secret,
            ChangeLog journal,
            DurableState state,
            long followedSinceNanos) {
        this.world = world;
        this.cluster = cluster;
        this.process = process;
        this.number = number;
        this.log = new ObservedLog(journal, process, this::removing);
        Plan plan = world.plan();
        this.core = MasterCore.takeOver(
                new MasterCore.Settings(
                        epoch,
                        secret,
                        cluster.plan().times(master),
                        PlacementStrategy.ALL.get((int) (plan.seed() / 2 % PlacementStrategy.ALL.size())),
                        () -> world.scheduler().random,
                        plan.rules(),
                        (long) number << TERM_SHIFT,
                        process.nowNanos()),
                log,
                state,
                followedSinceNanos);
        this.evictor = new Evictor(core, new NearLru(), 0.9, 0.75);
    }

    void serve(Leadership leadership) {
        proof = leadership;
        serving = true;
        sweepLater();
    }

    void stopServing() {
        serving = false;
    }

    private void sweepLater() {
        process.after(SWEEP_NANOS, () -> {
            if (serving) {
                sweep();
                sweepLater();
            }
        });
    }

    private void sweep() {
        long lapsed = core.counters().grantsLapsed.sum();
        core.sweep(process.nowNanos());
        if (core.counters().grantsLapsed.sum() > lapsed) {
            world.happened(Happening.GRANT_LAPSED);
        }
        evicting = true;
        if (evictor.run(process.nowNanos()) > 0) {
            world.happened(Happening.EVICTED);
        }
        evicting = false;
    }

    private void removing(Change.ObjectRemoved change) {
        if (evicting) {
            world.checks().master.evicting(this, change.objectId());
        }
    }

    long revision() {
        return core.epoch().revision();
    }

    ObservedLog log() {
        return log;
    }

    @Override
    public SimProcess process() {
        return process;
    }

    @Override
    public MasterCore core() {
        return core;
    }

    @Override
    public boolean made(long grantId) {
        return grantId >>> TERM_SHIFT == number;
    }

    @Override
    public boolean settled(long objectId, UUID segmentId) {
        return log.settled(objectId, segmentId);
    }

    @Override
    public boolean rightful() {
        return cluster.etcd().leader() == revision();
    }

    /** Whether calls are let through, as far as its process knows. */
    boolean leads() {
        Leadership now = proof;
        return serving && process.alive() && now != null && now.holds();
    }

    void rob() {
        robbed = true;
    }

    boolean robbed() {
        return robbed;
    }

    /** Whether the client's put request was not answered before. */
    boolean firstTime(UUID client, long sequence) {
        return answered.add(client + " " + sequence);
    }

    /** Somebody is told that a put is stored. */
    void acknowledged(long grantId) {
        acknowledged.putIfAbsent(grantId, process.ranNanos());
    }

    Map<Long, Long> acknowledged() {
        return acknowledged;
    }

    @Override
    public void audit() {
        if (log.allDurable()) {
            CoreAudit.check(core);
        }
    }

    // The proof as its calls see it: the process may stop before each look at it

    @Override
    public boolean holds() {
        cluster.mayStop(process);
        Leadership now = proof;
        return now != null && now.holds();
    }

    @Override
    public long provenNanos(long nowNanos) {
        cluster.mayStop(process);
        Leadership now = proof;
        return now == null ? nowNanos : now.provenNanos(nowNanos);
    }
}
