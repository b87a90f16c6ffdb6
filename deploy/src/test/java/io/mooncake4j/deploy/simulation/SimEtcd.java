package io.mooncake4j.deploy.simulation;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdModel;
import io.mooncake4j.master.journal.Keys;

/** etcd, with a clock of its own; at times it has no quorum. */
final class SimEtcd {
    private final World world;
    private final SimClock clock;
    private final EtcdModel model;
    private long awayUntilNanos;

    SimEtcd(World world) {
        this.world = world;
        this.clock = new SimClock(world.scheduler());
        this.model = new EtcdModel(clock::nanos);
    }

    EtcdModel model() {
        return model;
    }

    Etcd client(SimEtcdLink link) {
        return model.client(link);
    }

    /** The create-revision of the leader key now; 0: it isn't there. */
    long leader() {
        if (!away()) {
            model.expireLeases();
        }
        return model.createRevision(Keys.LEADER);
    }

    private boolean away() {
        return world.scheduler().nowNanos() < awayUntilNanos;
    }

    /** No leader of etcd's own for a while: nothing is answered, and no lease ends. */
    void goAway(long worldNanos) {
        if (away()) {
            return;
        }
        model.expireLeases();
        awayUntilNanos = world.scheduler().nowNanos() + worldNanos;
        boolean another = world.scheduler().chance(0.5);
        world.scheduler().after(worldNanos, () -> {
            if (another) {
                model.renewLeases();
            }
            awayUntilNanos = 0;
        });
    }

    void comeBack() {
        awayUntilNanos = 0;
    }

    /**
     * A request arrives. Some wait for a quorum, and take effect long after their callers gave up.
     *
     * @param unanswered what follows if there is no quorum
     */
    void take(Runnable effect, Runnable unanswered) {
        if (!away()) {
            effect.run();
            return;
        }
        unanswered.run();
        if (world.scheduler().chance(0.3)) {
            world.scheduler().after(awayUntilNanos - world.scheduler().nowNanos() + 1, () -> take(effect, () -> {}));
        }
    }
}
