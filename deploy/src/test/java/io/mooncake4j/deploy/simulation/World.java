package io.mooncake4j.deploy.simulation;

import io.mooncake4j.transfer.engine.SegmentTarget;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One master or several, some nodes and clients, and everything between them, from one seed. Real are the master's core and calls,
 * its eviction, a node's protocol, gate and sessions, and what a client decides about its keys, leases and grants.
 * Modelled are network, processes, threads, memory and clocks, the drivers around those decisions, and the data
 * protocol. What is there in the end: everything was answered, and nothing leaked.
 */
final class World {
    private static final int AUDIT_EVENTS = 64;
    private static final long SETTLED_NANOS = 90_000_000_000L;
    private static final int MAX_VALUE_BYTES = 1400;

    private final Plan plan;
    private final Scheduler scheduler;
    private final Trace trace;
    private final SimNetwork network;
    private final Truth truth;
    private final Checks checks;
    private final SimRpc rpc;
    private final List<SimNode> nodes = new ArrayList<>();
    private final List<SimClient> clients = new ArrayList<>();
    private final Set<Long> damaged = new HashSet<>();
    private final Faults faults;
    private final Masters masters;
    private int clientLives;
    private final long[] happened = new long[Happening.values().length];
    private long ids;
    private boolean settling;
    private boolean frozen;

    /** Leaves what a process was doing when it was killed. */
    static final class Died extends Error {
        private static final long serialVersionUID = 1;

        Died() {
            super("the process was killed", null, false, false);
        }
    }

    World(Plan plan, boolean traced) {
        this.plan = plan;
        this.scheduler = new Scheduler(plan.seed());
        this.trace = new Trace(traced, scheduler);
        this.network = new SimNetwork(scheduler, plan);
        this.truth = new Truth(plan);
        this.checks = new Checks(this, truth);
        this.rpc = new SimRpc(this);
        this.faults = new Faults(this);
        this.masters = plan.cluster() == null ? new LoneMaster(this) : new Cluster(this, plan.cluster());
        for (int i = 0; i < plan.nodes(); i++) {
            nodes.add(new SimNode(this, i));
        }
        for (int i = 0; i < plan.clients(); i++) {
            clients.add(newClient());
        }
    }

    /**
     * Runs the plan's events and lets the world come to rest.
     *
     * @throws Violation if a rule was broken
     */
    void run() {
        faults.begin();
        while (scheduler.executed() < plan.events()) {
            step();
        }
        settle();
    }

    private void step() {
        try {
            if (!scheduler.step()) {
                throw checks.violated("S10", "nothing happens any more");
            }
            if (scheduler.executed() % AUDIT_EVENTS == 0) {
                audit();
            }
        } catch (Violation e) {
            throw e;
        } catch (Died ignored) {
            // in the middle of it
        } catch (RuntimeException | AssertionError e) {
            checks.rethrow();
            throw new Violation("accounting", e);
        }
        checks.rethrow();
    }

    /** Without further faults every call ends, all memory is found again, and every node serves. */
    private void settle() {
        settling = true;
        network.heal();
        masters.heal();
        nodes.forEach(node -> {
            if (!node.process().alive()) {
                node.start(true);
            }
        });
        await(
                "every call ends",
                () -> clients.stream().noneMatch(client -> client.callers().busy()));
        await("a master leads", () -> masters.leading() != null);
        SimClient last = newClient();
        removeAll(last);
        await("everything is removed", () -> !last.callers().busy() && objects() == 0);
        await("all memory is free again", () -> {
            if (objects() > 0 && !last.callers().busy()) {
                removeAll(last); // the end of a put was later than its call, and than its removal
            }
            return atRest();
        });
        audit();
    }

    private void removeAll(SimClient remover) {
        for (int i = 0; i < plan.keys(); i++) {
            remover.callers().remove(key(i));
        }
    }

    private void audit() {
        SimTerm leading = masters.leading();
        if (leading != null) {
            leading.audit();
        }
    }

    private long objects() {
        SimTerm leading = masters.leading();
        return leading == null ? -1 : leading.core().objects().objectCount();
    }

    private boolean atRest() {
        SimTerm master = masters.leading();
        if (master == null) {
            return false;
        }
        for (SimNode node : nodes) {
            var segment = master.core().segmentTable().find(node.segmentId());
            if (segment == null || !segment.usable() || segment.usedBytes() > 0) {
                return false;
            }
        }
        return master.core().puts().openGrants() == 0;
    }

    private void await(String what, BooleanSupplier condition) {
        long until = scheduler.nowNanos() + SETTLED_NANOS;
        while (!condition.getAsBoolean()) {
            if (scheduler.nowNanos() > until) {
                throw checks.violated("S10", "not within " + SETTLED_NANOS / 1_000_000_000L + " s: " + what);
            }
            step();
        }
    }

    // Who lives there

    private SimClient newClient() {
        return new SimClient(this, "client-" + ++clientLives, new SimClock(scheduler));
    }

    void replace(SimClient dead) {
        SimClient fresh = newClient();
        clients.set(clients.indexOf(dead), fresh);
        fresh.callers().start(plan.callsPerClient());
    }

    Masters masters() {
        return masters;
    }

    Faults faults() {
        return faults;
    }

    /**
     * The process stops in the middle of what it does, for so long, while the world goes on. Not again before it has gone
     * on: nobody can be stopped twice.
     */
    void freeze(SimProcess process, long worldNanos) {
        if (frozen || settling) {
            return;
        }
        frozen = true;
        happened(Happening.STOPPED_MIDWAY);
        process.pause(worldNanos);
        scheduler.runUntil(process.resumesNanos());
        frozen = false;
        checks.rethrow();
        if (!process.alive()) {
            throw new Died();
        }
    }

    List<SimNode> nodes() {
        return nodes;
    }

    List<SimClient> clients() {
        return clients;
    }

    /** Where the content of that id is, if it still is. */
    @Nullable
    SimNode nodeOf(UUID segmentId) {
        for (SimNode node : nodes) {
            if (node.isSegment(segmentId)) {
                return node;
            }
        }
        return null;
    }

    @Nullable
    SimNode nodeByNonce(long nonce) {
        for (SimNode node : nodes) {
            if (node.nonce() == nonce && node.process().alive()) {
                return node;
            }
        }
        return null;
    }

    void happened(Happening what) {
        happened[what.ordinal()]++;
    }

    /** How often, by the ordinals of {@link Happening}. */
    long[] happened() {
        return happened.clone();
    }

    // What they share

    Plan plan() {
        return plan;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    Trace trace() {
        return trace;
    }

    SimNetwork network() {
        return network;
    }

    Truth truth() {
        return truth;
    }

    Checks checks() {
        return checks;
    }

    SimRpc rpc() {
        return rpc;
    }

    /** Whether nothing goes wrong any more, and nobody calls. */
    boolean settling() {
        return settling;
    }

    UUID newId() {
        return new UUID(plan.seed(), ++ids << 8);
    }

    String key() {
        return key(scheduler.random.nextInt(plan.keys()));
    }

    static String key(int number) {
        return "key-" + number;
    }

    byte[] newValue() {
        int most = (int) Math.min(MAX_VALUE_BYTES, plan.segmentBytes() / 2);
        byte[] value = new byte[1 + scheduler.random.nextInt(scheduler.chance(0.5) ? 256 : most)];
        scheduler.random.nextBytes(value);
        return value;
    }

    /** Whether a thread stalls here. */
    boolean stalls(int likeliness) {
        return !settling && scheduler.chance(plan.stalled() * likeliness);
    }

    boolean enginesFail() {
        return !settling && scheduler.chance(0.01);
    }

    /** A token is on its way to be used. */
    void seen(SegmentTarget target) {
        faults.seen(target);
    }

    void damage(SimNode node, int region, int offset, long objectId) {
        node.damage(region, offset);
        damaged.add(objectId);
    }

    /** Whether bytes of the object were damaged where they lay. */
    boolean damaged(long objectId) {
        return damaged.contains(objectId);
    }
}
