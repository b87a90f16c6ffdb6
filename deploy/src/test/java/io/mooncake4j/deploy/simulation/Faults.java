package io.mooncake4j.deploy.simulation;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.wire.AccessToken;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What goes wrong: processes pause, die and return, the master forgets, memory is damaged, somebody forges tokens. */
final class Faults {
    private static final long SECOND = 1_000_000_000L;
    private static final int TOKENS = 16;

    private final World world;
    private final Scheduler scheduler;
    private final SimTransport rude;
    private final Deque<SegmentTarget> tokens = new ArrayDeque<>();

    Faults(World world) {
        this.world = world;
        this.scheduler = world.scheduler();
        this.rude = new SimTransport(world, new SimProcess("nobody", scheduler, new SimClock(scheduler)));
    }

    void begin() {
        for (SimClient client : world.clients()) {
            client.callers().start(world.plan().callsPerClient());
        }
        next();
    }

    void seen(SegmentTarget target) {
        if (tokens.size() == TOKENS) {
            tokens.removeFirst();
        }
        tokens.addLast(target);
    }

    private void next() {
        long every = world.plan().faultEveryNanos();
        scheduler.after(scheduler.between(every / 8, 2 * every), () -> {
            if (!world.settling()) {
                happen();
                next();
            }
        });
    }

    private void happen() {
        int kind = scheduler.random.nextInt(100);
        if (kind < 25) {
            pause(any(world.clients()).process());
        } else if (kind < 45) {
            pause(any(world.nodes()).process());
        } else if (kind < 49) {
            world.masters().fault();
        } else if (kind < 50) {
            pauseNodes();
        } else if (kind < 58) {
            killClient(any(world.clients()));
        } else if (kind < 72) {
            killNode(any(world.nodes()));
        } else if (kind < 77) {
            stopNode(any(world.nodes()));
        } else if (kind < 80) {
            world.masters().fault();
        } else if (kind < 85) {
            damage(any(world.nodes()));
        } else {
            forge();
        }
    }

    private <T> T any(List<T> all) {
        return all.get(scheduler.random.nextInt(all.size()));
    }

    void pause(SimProcess process) {
        long nanos = scheduler.chance(0.5)
                ? scheduler.between(SECOND / 100, SECOND)
                : scheduler.between(SECOND, (scheduler.chance(0.1) ? 25 : 7) * SECOND);
        say("%s is paused for %d ms", process, nanos / 1_000_000);
        process.pause(nanos);
    }

    /** As when their rack is cut off: all are silent for so long that the master drops them. */
    private void pauseNodes() {
        long nanos = scheduler.between(17 * SECOND, 22 * SECOND);
        say("all nodes are paused for %d ms", nanos / 1_000_000);
        world.nodes().forEach(node -> node.process().pause(nanos));
    }

    private void killClient(SimClient client) {
        say("%s dies", client.process());
        client.kill();
        world.replace(client);
    }

    private void killNode(SimNode node) {
        if (!node.process().alive()) {
            return;
        }
        say("%s dies", node);
        node.kill();
        returnLater(node, scheduler.chance(0.7));
    }

    private void stopNode(SimNode node) {
        if (!node.process().alive()) {
            return;
        }
        boolean suspend = scheduler.chance(0.5);
        say("%s %s", node, suspend ? "suspends" : "leaves");
        node.stop(suspend, () -> returnLater(node, suspend));
    }

    private void returnLater(SimNode node, boolean warm) {
        long nanos = scheduler.chance(0.1)
                ? scheduler.between(SECOND, 20 * SECOND)
                : scheduler.between(SECOND / 100, 2 * SECOND);
        scheduler.after(nanos, () -> {
            if (!node.process().alive()) {
                world.happened(warm ? Happening.NODE_RETURNED_WARM : Happening.NODE_RETURNED_COLD);
                node.start(warm);
                say("%s starts %s", node, warm ? "warm" : "cold");
            }
        });
    }

    /** Where checksums are on, bytes of an object change that nobody writes. */
    private void damage(SimNode node) {
        Plan plan = world.plan();
        if (!plan.checksums()) {
            return;
        }
        int region = scheduler.random.nextInt(plan.regions());
        int offset = scheduler.random.nextInt(plan.regionBytes() / Truth.GRANULE_BYTES) * Truth.GRANULE_BYTES;
        Truth.Grant grant = world.truth().grant(world.truth().owner(node.segmentId(), region, offset));
        if (grant != null && grant.visibleOn.contains(node.segmentId())) {
            say("a byte of %s at %d+%d of %s is damaged", grant, region, offset, node);
            world.damage(node, region, offset, grant.id);
        }
    }

    /** Somebody who has seen a token uses it for what it does not permit. */
    private void forge() {
        SegmentTarget target = tokens.peekFirst();
        if (target == null) {
            return;
        }
        AccessToken token = target.token();
        SimTerm master = world.masters().termOf(token.epoch());
        AccessToken.Mode mode = token.mode();
        long[] offsets = token.offsets();
        switch (scheduler.random.nextInt(3)) {
            case 0 -> mode = AccessToken.Mode.values()[1 - mode.ordinal()];
            case 1 -> {
                offsets = offsets.clone();
                offsets[0] += Truth.GRANULE_BYTES;
            }
            default -> {
                if (master.process().nowNanos() - token.deadlineTicks() < 0) {
                    return; // not yet expired
                }
            }
        }
        say("somebody forges a token to %s at %s", mode, target.segmentName());
        rude.forge(
                target,
                new AccessToken(
                        token.mode(),
                        token.segmentId(),
                        token.processNonce(),
                        token.epoch(),
                        token.clientId(),
                        token.generation(),
                        token.deadlineTicks(),
                        token.regions(),
                        offsets,
                        token.lengths(),
                        token.mac()),
                mode);
    }

    void say(String what, Object... words) {
        if (world.trace().on()) {
            world.trace().add(what, words);
        }
    }
}
