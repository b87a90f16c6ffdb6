package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.CallStatistics;
import io.mooncake4j.client.ClusterStatus;
import java.time.Duration;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What happened between two answers of one master. Time is the master's own, so that a slow answer distorts no rate.
 *
 * @param now the later answer
 * @param roundTripNanos how long asking for it took
 */
record TopSample(ClusterStatus before, ClusterStatus now, long roundTripNanos) {

    /** Whether the two can be compared: the same life of a master, and time passed. */
    static boolean comparable(ClusterStatus before, ClusterStatus now) {
        return before.clusterId().equals(now.clusterId())
                && before.term() == now.term()
                && before.uptime().compareTo(now.uptime()) < 0;
    }

    Duration interval() {
        return now.uptime().minus(before.uptime());
    }

    double perSecond(ToLongFunction<ClusterStatus> counter) {
        return perSecond(counter.applyAsLong(now) - counter.applyAsLong(before));
    }

    double perSecond(long count) {
        return count * 1e9 / interval().toNanos();
    }

    long gets() {
        return hits() + now.getsMissed() - before.getsMissed();
    }

    private long hits() {
        return now.getsHit() - before.getsHit();
    }

    /** Found of all keys that gets asked for; null if there were none. */
    @Nullable
    Double hitRate() {
        return StatFields.ratio(hits(), gets());
    }

    /** What came in the interval, by method; methods that were never called are not there. */
    List<CallStatistics> calls() {
        return now.calls().stream().map(this::sinceBefore).toList();
    }

    private CallStatistics sinceBefore(CallStatistics call) {
        return before.calls().stream()
                .filter(earlier -> earlier.method().equals(call.method()))
                .findFirst()
                .map(call::since)
                .orElse(call);
    }

    /** One method's calls in the interval; none of one that was never called. */
    CallStatistics call(String method) {
        return calls().stream()
                .filter(call -> call.method().equals(method))
                .findFirst()
                .orElse(new CallStatistics(method, 0, 0, 0, Duration.ZERO, List.of()));
    }
}
