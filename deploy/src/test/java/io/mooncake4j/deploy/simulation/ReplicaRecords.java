package io.mooncake4j.deploy.simulation;

import io.mooncake4j.master.placement.Change;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Which record of a journal was the last about what an object has, or had, at a segment. */
final class ReplicaRecords {
    private record Replica(long objectId, UUID segmentId) {}

    private final Map<Long, Set<UUID>> placed = new HashMap<>();
    private final Map<Replica, Long> last = new HashMap<>();

    void placed(Change.ObjectPlaced change, long sequence) {
        removed(change.objectId(), sequence); // those that it doesn't have any more
        Set<UUID> segments = Arrays.stream(change.replicas())
                .map(Change.PlacedReplica::segmentId)
                .collect(Collectors.toSet());
        placed.put(change.objectId(), segments);
        segments.forEach(segment -> last.put(new Replica(change.objectId(), segment), sequence));
    }

    /** Of an object that this journal has placed. */
    void removed(long objectId, long sequence) {
        Set<UUID> segments = placed.remove(objectId);
        if (segments != null) {
            segments.forEach(segment -> last.put(new Replica(objectId, segment), sequence));
        }
    }

    /** 0: none. */
    long last(long objectId, UUID segmentId) {
        return last.getOrDefault(new Replica(objectId, segmentId), 0L);
    }
}
