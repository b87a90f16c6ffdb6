package io.mooncake4j.deploy.simulation;

import com.google.protobuf.MessageLite;
import io.mooncake4j.transfer.rpc.DirectCall;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.Method;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One master, whose every life is a new cluster. */
final class LoneMaster implements Masters, Endpoint {
    private static final long SECOND = 1_000_000_000L;

    private final World world;
    private final SimClock clock;
    private final Map<UUID, SimMaster> lives = new HashMap<>();
    private SimMaster master;

    LoneMaster(World world) {
        this.world = world;
        this.clock = new SimClock(world.scheduler());
        this.master = begin();
    }

    private SimMaster begin() {
        SimMaster fresh = new SimMaster(world, clock, lives.size() + 1);
        lives.put(fresh.clusterId(), fresh);
        return fresh;
    }

    @Override
    public @Nullable SimTerm leading() {
        return master.process().alive() ? master : null;
    }

    @Override
    public SimTerm termOf(Epoch epoch) {
        SimMaster found = lives.get(epoch.clusterId());
        if (found == null) {
            throw world.checks().violated("S3", "no master has the epoch " + epoch);
        }
        return found;
    }

    @Override
    public void find(SimProcess caller, Consumer<Endpoint> found) {
        found.accept(this);
    }

    @Override
    public void gaveUp(SimProcess caller, Endpoint endpoint) {}

    @Override
    public @Nullable SimProcess process() {
        return master.process().alive() ? master.process() : null;
    }

    @Override
    public void handle(Method method, MessageLite request, byte[] body, DirectCall.Answer answer) {
        master.handle(method, request, body, answer);
    }

    @Override
    public void fault() {
        if (world.scheduler().chance(0.57)) {
            world.faults().pause(master.process());
        } else if (master.process().alive()) {
            world.faults().say("%s dies", master.process());
            master.process().kill();
            world.scheduler().after(world.scheduler().between(SECOND / 100, 3 * SECOND), this::revive);
        }
    }

    private void revive() {
        if (!master.process().alive()) {
            world.happened(Happening.MASTER_RESTARTED);
            master = begin();
            world.faults().say("%s starts", master.process());
        }
    }

    @Override
    public void heal() {
        revive();
    }

    @Override
    public boolean stands(Truth.Grant grant) {
        return grant.committedBy == master;
    }

    @Override
    public boolean durablyGone(Truth.Grant grant) {
        return true; // nothing outlives a master
    }

    @Override
    public boolean durablyGone(Truth.Grant grant, UUID segmentId) {
        return true;
    }

    @Override
    public boolean doubtful(long sinceEvent) {
        return false;
    }
}
