package io.mooncake4j.deploy.simulation;

import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.ChangeLog;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The journal of one master's life. It forgets with the master, like the journal in memory; but what is appended may take
 * a while to be durable, as it will where placement is kept outside. A journal that outlives masters is another one of
 * these, shared by the lives of one cluster.
 */
final class SimJournal implements ChangeLog {
    private record Waiting(long sequence, Waiter waiter) {}

    private final World world;
    private final SimProcess process;
    private final boolean slow;
    private final Consumer<Change.ObjectRemoved> removing;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private final ReplicaRecords replicas = new ReplicaRecords();
    private final Map<String, Long> objectByKey = new HashMap<>();
    private long head;
    private long durable;
    private boolean committing;

    /** @param removing hears of every removal, of what is still there then */
    SimJournal(World world, SimProcess process, boolean slow, Consumer<Change.ObjectRemoved> removing) {
        this.removing = removing;
        this.world = world;
        this.process = process;
        this.slow = slow;
    }

    @Override
    public long append(Change change) {
        head++;
        if (change instanceof Change.ObjectPlaced placed) {
            replicas.placed(placed, head);
            Long before = objectByKey.put(key(placed.key()), placed.objectId());
            if (before != null && before == placed.objectId()) {
                world.happened(Happening.REPLICA_DROPPED);
            } else if (before != null) {
                replicas.removed(before, head);
            }
        } else if (change instanceof Change.ObjectRemoved removed) {
            removing.accept(removed);
            replicas.removed(removed.objectId(), head);
            objectByKey.remove(key(removed.key()), removed.objectId());
        } else if (change instanceof Change.SegmentMounted mounted) {
            world.checks().master.segmentMounted(mounted.segmentId());
        } else if (change instanceof Change.SegmentDropped dropped) {
            world.checks().master.segmentDropped(dropped.segmentId());
        }
        if (!slow) {
            durable = head;
        } else if (!committing) {
            commit();
        }
        return head;
    }

    private static String key(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private void commit() {
        committing = true;
        long batch = head;
        process.after(world.scheduler().between(200_000, 30_000_000), () -> {
            committing = false;
            durable = batch;
            for (Waiting next = waiting.peek(); next != null && next.sequence <= durable; next = waiting.peek()) {
                waiting.poll();
                next.waiter.durable();
            }
            if (head > durable) {
                commit();
            }
        });
    }

    @Override
    public void whenDurable(long sequence, Waiter waiter) {
        if (sequence <= durable) {
            waiter.durable();
        } else {
            waiting.add(new Waiting(sequence, waiter));
        }
    }

    @Override
    public boolean durable() {
        return false;
    }

    /** Whether memory waits for its removal to be durable: nobody but these actions knows of it. */
    boolean removing() {
        return !waiting.isEmpty();
    }

    /** Whether everything that was said about what the object has at the segment is durable. */
    boolean settled(long objectId, UUID segmentId) {
        return replicas.last(objectId, segmentId) <= durable;
    }
}
