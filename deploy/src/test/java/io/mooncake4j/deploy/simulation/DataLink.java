package io.mooncake4j.deploy.simulation;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One connection between a client and a node: in each direction a stream of pieces that arrive in order, or never. */
final class DataLink {
    private final World world;
    private final SimProcess client;
    private final Consumer<Object> received;
    private @Nullable NodeEnd node;
    private long lastToNode;
    private long lastToClient;
    private boolean clientGone;

    /** @param received takes what arrives at the client; {@link DataMessages.End} when the stream has ended */
    DataLink(World world, SimProcess client, Consumer<Object> received) {
        this.world = world;
        this.client = client;
        this.received = received;
    }

    /** Connects to whatever listens on the machine; or else the stream ends. */
    void connect(SimNode machine) {
        long delayNanos = world.network().pieceNanos();
        lastToNode = world.scheduler().nowNanos() + delayNanos;
        world.scheduler().after(delayNanos, () -> {
            node = machine.accept(this);
            if (node == null) {
                toClient(new DataMessages.End());
            }
        });
    }

    void toNode(Object message) {
        Scheduler scheduler = world.scheduler();
        lastToNode =
                Math.max(lastToNode + 1, scheduler.nowNanos() + world.network().pieceNanos());
        scheduler.after(lastToNode - scheduler.nowNanos(), () -> arriveAtNode(message));
    }

    private void arriveAtNode(Object message) {
        NodeEnd end = node;
        if (end != null && end.process().alive()) {
            if (end.process().resumesNanos() > world.scheduler().nowNanos()) {
                world.scheduler().at(end.process().resumesNanos(), end.process(), () -> end.arrived(message));
            } else {
                end.arrived(message);
            }
        }
    }

    void toClient(Object message) {
        if (clientGone) {
            return;
        }
        Scheduler scheduler = world.scheduler();
        lastToClient = Math.max(
                lastToClient + 1, scheduler.nowNanos() + world.network().pieceNanos());
        scheduler.at(lastToClient, client, () -> {
            if (!clientGone) {
                received.accept(message);
            }
        });
    }

    /** The node's thread has left, or its process has ended. Sometimes nobody tells the client. */
    void nodeClosed() {
        if (world.network().tellsEnd()) {
            toClient(new DataMessages.End());
        }
    }

    /** The client closes, in order behind what it sent, or so that what the node has not read yet is void. */
    void closeByClient() {
        if (clientGone) {
            return;
        }
        clientGone = true;
        if (world.scheduler().chance(0.5)) {
            toNode(new DataMessages.End());
        } else {
            Scheduler scheduler = world.scheduler();
            scheduler.after(world.network().pieceNanos(), () -> {
                NodeEnd end = node;
                if (end != null && end.process().alive()) {
                    scheduler.at(scheduler.nowNanos(), end.process(), end::close);
                }
            });
        }
    }
}
