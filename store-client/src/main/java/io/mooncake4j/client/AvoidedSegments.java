package io.mooncake4j.client;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Segments whose nodes lately didn't answer: replicas elsewhere are tried before them. Safe for all threads. */
final class AvoidedSegments {
    private static final long AVOID_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int MAX = 4096;

    private final Map<UUID, Long> untilNanos = new ConcurrentHashMap<>();

    void avoid(UUID segmentId, long nowNanos) {
        if (untilNanos.size() >= MAX) {
            untilNanos.clear();
        }
        untilNanos.put(segmentId, nowNanos + AVOID_NANOS);
    }

    boolean contains(UUID segmentId, long nowNanos) {
        if (untilNanos.isEmpty()) {
            return false;
        }
        Long until = untilNanos.get(segmentId);
        if (until == null) {
            return false;
        }
        if (nowNanos - until < 0) {
            return true;
        }
        untilNanos.remove(segmentId, until);
        return false;
    }
}
