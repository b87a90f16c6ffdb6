package io.mooncake4j.deploy.simulation;

import com.google.protobuf.MessageLite;
import io.mooncake4j.master.eviction.Evictor;
import io.mooncake4j.master.eviction.NearLru;
import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.CoreAudit;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.PlacementStrategy;
import io.mooncake4j.master.service.ServiceSeam;
import io.mooncake4j.transfer.rpc.DirectCall;
import io.mooncake4j.transfer.rpc.RpcHandler;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.UUID;

/**
 * One life of a master: the real core, calls, eviction and sweep. Every life is a new cluster, since its journal is. With
 * a journal that outlives it, the next life, or a standby beside it, gets the same cluster id and a higher revision here.
 */
final class SimMaster implements SimTerm {
    private static final long SWEEP_NANOS = 150_000_000L;

    private static final int LIFE_SHIFT = 32;

    private final World world;
    private final int life;
    private final SimProcess process;
    private final SimJournal journal;
    private final MasterCore core;
    private final RpcHandler service;
    private final Evictor evictor;
    private boolean evicting;

    SimMaster(World world, SimClock clock, int life) {
        this.world = world;
        this.life = life;
        Plan plan = world.plan();
        this.process = new SimProcess("master-" + life, world.scheduler(), clock);
        this.journal = new SimJournal(world, process, plan.slowJournal(), this::removing);
        this.core = new MasterCore(
                new MasterCore.Settings(
                        new Epoch(new UUID(plan.seed(), life), 1),
                        new byte[32],
                        Plan.TIMES,
                        PlacementStrategy.ALL.get((int) (plan.seed() % PlacementStrategy.ALL.size())),
                        () -> world.scheduler().random,
                        plan.rules(),
                        (long) life << LIFE_SHIFT,
                        process.nowNanos()),
                journal);
        this.service = ServiceSeam.service(core, process::nowNanos);
        this.evictor = new Evictor(core, new NearLru(), 0.9, 0.75);
        process.after(SWEEP_NANOS, this::sweep);
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
    public boolean settled(long objectId, UUID segmentId) {
        return journal.settled(objectId, segmentId);
    }

    @Override
    public boolean rightful() {
        return process.alive();
    }

    UUID clusterId() {
        return core.epoch().clusterId();
    }

    @Override
    public boolean made(long grantId) {
        return grantId >>> LIFE_SHIFT == life;
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
        process.after(SWEEP_NANOS, this::sweep);
    }

    private void removing(Change.ObjectRemoved change) {
        if (evicting) {
            world.checks().master.evicting(this, change.objectId());
        }
    }

    /** A request arrives. */
    void handle(Method method, MessageLite request, byte[] body, DirectCall.Answer answer) {
        Checks checks = world.checks();
        try {
            service.handle(DirectCall.of(method, body, new DirectCall.Answer() {
                @Override
                public void reply(MessageLite response) {
                    checks.master.answered(SimMaster.this, request, response);
                    answer.reply(response);
                }

                @Override
                public void fail(ErrorCode code, String text) {
                    if (code == ErrorCode.INTERNAL_ERROR) {
                        throw checks.violated("S10", "the master failed at " + method);
                    }
                    answer.fail(code, text);
                }
            }));
            checks.master.carriedOut(this, request);
        } catch (StoreException e) {
            answer.fail(e.code(), e.reason());
        }
    }

    @Override
    public void audit() {
        if (!journal.removing()) {
            CoreAudit.check(core);
        }
    }
}
