package io.mooncake4j.client;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Replicas whose checksum was wrong once. Bounded: forgets the oldest. Safe for all threads. */
final class Suspicions {
    private static final int MAX = 1024;

    private record Replica(long objectId, UUID segmentId) {}

    private final Map<Replica, Boolean> suspected = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Replica, Boolean> eldest) {
            return size() > MAX;
        }
    };

    /** Whether this is the second time, which is to be reported; counting then starts again. */
    synchronized boolean confirms(long objectId, UUID segmentId) {
        Replica replica = new Replica(objectId, segmentId);
        if (suspected.remove(replica) != null) {
            return true;
        }
        suspected.put(replica, true);
        return false;
    }
}
