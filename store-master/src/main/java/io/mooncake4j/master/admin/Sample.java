package io.mooncake4j.master.admin;

import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.master.service.MasterStatus;
import io.mooncake4j.master.service.TermCounters;
import io.mooncake4j.transfer.wire.LatencyBuckets;
import io.mooncake4j.transfer.wire.Method;
import org.jspecify.annotations.Nullable;

/** What had been counted at one moment, and what was in use of nodes that take objects. */
record Sample(
        long nanos,
        boolean leads,
        long puts,
        long putBytes,
        long hits,
        long misses,
        long locatedBytes,
        long evicted,
        long usedBytes,
        long capacityBytes,
        long[] getClasses,
        long[] putClasses) {

    static Sample of(MasterStatus status, @Nullable MasterCore core, long nowNanos) {
        TermCounters counters = status.counters();
        long used = 0;
        long capacity = 0;
        if (core != null) {
            for (Segment segment : core.segmentTable().all()) {
                if (segment.usable()) {
                    used += segment.usedBytes();
                    capacity += segment.sizeBytes();
                }
            }
        }
        return new Sample(
                nowNanos,
                core != null,
                counters.sum(counted -> counted.putsCommitted),
                counters.sum(counted -> counted.putBytes),
                counters.sum(counted -> counted.getsHit),
                counters.sum(counted -> counted.getsMissed),
                counters.sum(counted -> counted.locatedBytes),
                counters.sum(counted -> counted.evictedObjects),
                used,
                capacity,
                status.calls().time(Method.GET_REPLICAS).classes(),
                status.calls().time(Method.PUT_START).classes());
    }

    double seconds(Sample before) {
        return (nanos - before.nanos) / 1e9;
    }

    /** What so many of the calls between two moments took at most, in microseconds; NaN if there was none. */
    static double micros(long[] before, long[] now, double share) {
        long calls = 0;
        for (int i = 0; i < now.length; i++) {
            calls += now[i] - before[i];
        }
        if (calls == 0) {
            return Double.NaN;
        }
        long wanted = Math.max(1, (long) Math.ceil(calls * share));
        long seen = 0;
        for (int i = 0; i < now.length; i++) {
            seen += now[i] - before[i];
            if (seen >= wanted) {
                return LatencyBuckets.boundNanos(i) / 1e3;
            }
        }
        return Double.NaN;
    }
}
