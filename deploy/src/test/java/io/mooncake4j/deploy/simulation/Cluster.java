package io.mooncake4j.deploy.simulation;

import com.google.protobuf.MessageLite;
import io.mooncake4j.master.etcd.EtcdModel;
import io.mooncake4j.master.journal.Found;
import io.mooncake4j.master.journal.Keys;
import io.mooncake4j.master.journal.ManualLoop;
import io.mooncake4j.master.journal.Recovery;
import io.mooncake4j.master.placement.DurableState;
import io.mooncake4j.transfer.rpc.DirectCall;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Several masters with their journal in etcd, and what goes wrong with them. */
final class Cluster implements Masters {
    private static final long SECOND = 1_000_000_000L;

    /** A machine, on which a master's process lives and dies. */
    private final class Machine implements Endpoint {
        final int number;
        final SimClock clock = new SimClock(world.scheduler());
        int lives;
        ClusterMaster master;

        Machine(int number) {
            this.number = number;
            this.master = begin();
        }

        private ClusterMaster begin() {
            return new ClusterMaster(world, Cluster.this, number, ++lives, clock);
        }

        void startLater() {
            Scheduler scheduler = world.scheduler();
            long nanos = scheduler.chance(0.2)
                    ? scheduler.between(SECOND, 15 * SECOND)
                    : scheduler.between(SECOND / 100, 3 * SECOND);
            scheduler.after(nanos, this::revive);
        }

        void revive() {
            if (!master.process().alive()) {
                world.happened(Happening.MASTER_RESTARTED);
                master = begin();
                world.faults().say("%s starts", master.process());
            }
        }

        @Override
        public @Nullable SimProcess process() {
            return master.process().alive() ? master.process() : null;
        }

        @Override
        public void handle(Method method, MessageLite request, byte[] body, DirectCall.Answer answer) {
            master.handle(method, request, body, answer);
        }
    }

    private final World world;
    private final Plan.ClusterPlan plan;
    private final SimEtcd etcd;
    private final DurablePlacement durable;
    private final List<Machine> machines = new ArrayList<>();
    private final Map<Epoch, ClusterTerm> terms = new HashMap<>();
    /** Whose acknowledgements may still be lost. */
    private final List<ClusterTerm> open = new ArrayList<>();

    private final Map<SimProcess, LeaderFinder> finders = new IdentityHashMap<>();
    private @Nullable ClusterTerm robbed;
    private long doubtfulUntil = -1;

    Cluster(World world, Plan.ClusterPlan plan) {
        this.world = world;
        this.plan = plan;
        this.etcd = new SimEtcd(world);
        this.durable = new DurablePlacement(world);
        etcd.model().onChange(durable::changed);
        for (int i = 0; i < plan.leaseSeconds().length; i++) {
            machines.add(new Machine(i));
        }
        next();
    }

    Plan.ClusterPlan plan() {
        return plan;
    }

    SimEtcd etcd() {
        return etcd;
    }

    DurablePlacement durable() {
        return durable;
    }

    // Terms

    int nextTerm() {
        return terms.size() + 1;
    }

    /** A master goes on from a state. */
    void tookOver(SimProcess process, Epoch epoch, DurableState state) {
        if (etcd.leader() == epoch.revision()) {
            durable.compare(process.toString(), state);
            open.forEach(before -> world.checks().cluster.succeeded(before, durable));
            open.clear();
        }
        if (!terms.isEmpty()) {
            world.happened(Happening.TOOK_OVER);
        }
    }

    void add(ClusterTerm term) {
        terms.put(term.core().epoch(), term);
        open.add(term);
    }

    /** The process serves calls under the term from now on. */
    void serves(ClusterTerm term) {
        if (term.robbed()) { // before it began
            robbed = term;
        }
    }

    /** The process serves no calls under the term any more. */
    void stopped(ClusterTerm term) {
        if (term == robbed) {
            robbed = null;
            doubtfulUntil = world.scheduler().executed();
        }
    }

    /** A process with a proof may stop right before it looks at it. */
    void mayStop(SimProcess process) {
        Scheduler scheduler = world.scheduler();
        if (scheduler.chance(0.0005)) {
            world.freeze(
                    process,
                    scheduler.chance(0.5)
                            ? scheduler.between(SECOND / 1000, SECOND)
                            : scheduler.between(SECOND, 9 * SECOND));
        }
    }

    @Override
    public @Nullable SimTerm leading() {
        for (Machine machine : machines) {
            ClusterTerm term = machine.master.serving();
            if (term != null && term.leads() && term.rightful()) {
                return term;
            }
        }
        return null;
    }

    @Override
    public SimTerm termOf(Epoch epoch) {
        ClusterTerm found = terms.get(epoch);
        if (found == null) {
            throw world.checks().violated("S3", "no master led under " + epoch);
        }
        return found;
    }

    @Override
    public boolean stands(Truth.Grant grant) {
        SimTerm by = grant.committedBy;
        return durable.everHad(grant.id) || (by != null && by.rightful());
    }

    @Override
    public boolean durablyGone(Truth.Grant grant) {
        return !durable.has(grant.id);
    }

    @Override
    public boolean durablyGone(Truth.Grant grant, UUID segmentId) {
        return !durable.has(grant.id, segmentId);
    }

    @Override
    public boolean doubtful(long sinceEvent) {
        ClusterTerm former = robbed;
        if (former != null && !former.process().alive()) {
            stopped(former);
        }
        return robbed != null || sinceEvent <= doubtfulUntil;
    }

    // Calls

    @Override
    public void find(SimProcess caller, Consumer<Endpoint> found) {
        finders.computeIfAbsent(caller, process -> new LeaderFinder(world, process, machines))
                .find(found);
    }

    @Override
    public void gaveUp(SimProcess caller, Endpoint endpoint) {
        LeaderFinder finder = finders.get(caller);
        if (finder != null) {
            finder.gaveUp(endpoint);
        }
    }

    // What goes wrong

    private void next() {
        long every = world.plan().faultEveryNanos();
        world.scheduler().after(world.scheduler().between(every / 4, 3 * every), () -> {
            if (!world.settling()) {
                fault();
                next();
            }
        });
    }

    private Machine anyone() {
        if (world.scheduler().chance(0.6)) {
            for (Machine machine : machines) {
                if (machine.master.serving() != null) {
                    return machine;
                }
            }
        }
        return machines.get(world.scheduler().random.nextInt(machines.size()));
    }

    @Override
    public void fault() {
        Scheduler scheduler = world.scheduler();
        Machine machine = anyone();
        ClusterMaster master = machine.master;
        if (!master.process().alive()) {
            return;
        }
        int kind = scheduler.random.nextInt(100);
        if (kind < 25) {
            world.faults().pause(master.process());
        } else if (kind < 42) {
            world.faults().say("%s dies", master.process());
            master.process().kill();
            machine.startLater();
        } else if (kind < 57) {
            world.faults().say("%s is told to end", master.process());
            master.stop(() -> {
                world.faults().say("%s has ended", master.process());
                machine.startLater();
            });
        } else if (kind < 70) {
            long nanos = scheduler.between(SECOND / 10, 9 * SECOND);
            world.faults().say("%s is cut off from etcd for %d ms", master.process(), nanos / 1_000_000);
            master.link().cut(nanos);
        } else if (kind < 82) {
            long nanos = scheduler.between(SECOND, 6 * SECOND);
            world.faults().say("%s has a slow way to etcd for %d ms", master.process(), nanos / 1_000_000);
            master.link().slowDown(nanos);
            if (scheduler.chance(0.5)) {
                scheduler.after(nanos, () -> {
                    world.faults().say("%s is cut off from etcd, too", master.process());
                    master.link().cut((plan.leaderLeaseSeconds() + 3) * SECOND);
                });
            }
        } else if (kind < 89) {
            etcdGoesAway();
        } else if (kind < 91) {
            world.faults().say("etcd tells nobody of what is watched");
            world.happened(Happening.ETCD_WATCHES_LOST);
            etcd.model().forgetWatches();
        } else if (kind < 95) {
            etcdIsFull();
        } else if (kind < 98) {
            deleteLeaderKey();
        } else {
            world.faults().say("every master dies");
            for (Machine each : machines) {
                each.master.process().kill();
                each.startLater();
            }
        }
    }

    private void etcdGoesAway() {
        Scheduler scheduler = world.scheduler();
        long nanos = scheduler.chance(0.3) ? 15 * SECOND : scheduler.between(SECOND / 5, 4 * SECOND);
        world.faults().say("etcd is away for %d ms", nanos / 1_000_000);
        world.happened(Happening.ETCD_AWAY);
        etcd.goAway(nanos);
    }

    private void etcdIsFull() {
        world.faults().say("etcd is full");
        world.happened(Happening.ETCD_FULL);
        etcd.model().setFull(true);
        world.scheduler()
                .after(
                        world.scheduler().between(SECOND / 2, 5 * SECOND),
                        () -> etcd.model().setFull(false));
    }

    private void deleteLeaderKey() {
        long leader = etcd.leader();
        if (leader == 0 || robbed != null) {
            return;
        }
        world.faults().say("somebody deletes the leader key");
        world.happened(Happening.LEADER_KEY_DELETED);
        for (Machine machine : machines) {
            ClusterTerm term = machine.master.term();
            if (term != null && term.revision() == leader) {
                term.rob();
                if (term == machine.master.serving()) {
                    robbed = term;
                }
            }
        }
        etcd.model().write(Keys.LEADER, null);
    }

    @Override
    public void heal() {
        ManualLoop loop = new ManualLoop();
        CompletableFuture<Found> read = Recovery.read(etcd.model().client(EtcdModel.Link.SOUND), loop);
        loop.run();
        durable.compare("a reader", read.join().state());
        etcd.model().setFull(false);
        etcd.comeBack();
        machines.forEach(machine -> {
            machine.master.link().heal();
            machine.revive();
        });
    }
}
