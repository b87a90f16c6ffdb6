package io.mooncake4j.deploy.simulation;

import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.ChangeLog;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A term's journal, and what was appended to it when. */
final class ObservedLog implements ChangeLog {
    private final ChangeLog log;
    private final SimProcess process;
    private final Consumer<Change.ObjectRemoved> removing;
    private final ReplicaRecords replicas = new ReplicaRecords();
    /** Per record, by the process's clock without its pauses. */
    private final Map<Long, Long> appendedNanos = new HashMap<>();

    private boolean handedOver;

    /** @param removing hears of every removal, of what is still there then */
    ObservedLog(ChangeLog log, SimProcess process, Consumer<Change.ObjectRemoved> removing) {
        this.log = log;
        this.process = process;
        this.removing = removing;
    }

    @Override
    public long append(Change change) {
        if (change instanceof Change.ObjectRemoved removed) {
            removing.accept(removed);
        }
        long sequence = log.append(change);
        appendedNanos.put(sequence, process.ranNanos());
        if (change instanceof Change.ObjectPlaced placed) {
            replicas.placed(placed, sequence);
        } else if (change instanceof Change.ObjectRemoved removed) {
            replicas.removed(removed.objectId(), sequence);
        } else if (change instanceof Change.HandedOver) {
            handedOver = true;
        }
        return sequence;
    }

    /** Whether everything that was said about what the object has at the segment is durable. */
    boolean settled(long objectId, UUID segmentId) {
        return replicas.last(objectId, segmentId) <= log.durableSequence();
    }

    /** When the record was appended, by {@link SimProcess#ranNanos}; null: never. */
    @Nullable
    Long appendedNanos(long sequence) {
        return appendedNanos.get(sequence);
    }

    boolean handedOver() {
        return handedOver;
    }

    boolean allDurable() {
        return log.lastSequence() == log.durableSequence();
    }

    @Override
    public long lastSequence() {
        return log.lastSequence();
    }

    @Override
    public void whenDurable(long sequence, Waiter waiter) {
        log.whenDurable(sequence, waiter);
    }

    @Override
    public void whenAcknowledgeable(long sequence, Waiter waiter) {
        log.whenAcknowledgeable(sequence, waiter);
    }

    @Override
    public boolean acknowledgesAtOnce() {
        return log.acknowledgesAtOnce();
    }

    @Override
    public boolean hidesUntilDurable() {
        return log.hidesUntilDurable();
    }

    @Override
    public boolean durable() {
        return log.durable();
    }

    @Override
    public long durableSequence() {
        return log.durableSequence();
    }

    @Override
    public @Nullable String refusal() {
        return log.refusal();
    }
}
