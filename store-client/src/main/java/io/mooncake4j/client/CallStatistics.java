package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.LatencyBuckets;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.CallStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The master's calls of one method, and how long they took there, from a request's arrival to its answer. Neither the
 * network nor moving bytes is in it.
 *
 * @param method in capitals, such as GET_REPLICAS
 * @param answered how many calls, failed ones included
 * @param failed calls that were answered by an error as a whole
 * @param keys keys in the requests
 * @param total all times added up
 * @param latencyBuckets how many calls fell into each class of {@link LatencyBuckets}; classes at the end may be missing
 */
public record CallStatistics(
        String method, long answered, long failed, long keys, Duration total, List<Long> latencyBuckets) {

    static CallStatistics of(CallStats in) {
        Method method = Method.of(in.getMethod());
        return new CallStatistics(
                method == null ? "METHOD_" + in.getMethod() : method.name(),
                in.getAnswered(),
                in.getFailed(),
                in.getKeys(),
                Duration.ofNanos(in.getNanos()),
                List.copyOf(in.getLatencyBucketsList()));
    }

    /** What came since an earlier answer of the same master. */
    public CallStatistics since(CallStatistics earlier) {
        List<Long> buckets = new ArrayList<>(latencyBuckets);
        for (int i = 0; i < Math.min(buckets.size(), earlier.latencyBuckets.size()); i++) {
            buckets.set(i, buckets.get(i) - earlier.latencyBuckets.get(i));
        }
        return new CallStatistics(
                method,
                answered - earlier.answered,
                failed - earlier.failed,
                keys - earlier.keys,
                total.minus(earlier.total),
                List.copyOf(buckets));
    }

    /** The mean; zero if there was no call. */
    public Duration mean() {
        return answered == 0 ? Duration.ZERO : total.dividedBy(answered);
    }

    /** What so many percent of the calls took at most, up to 12.5 % too long; zero if there was no call. */
    public Duration percentile(double percent) {
        long calls = latencyBuckets.stream().mapToLong(Long::longValue).sum();
        long wanted = Math.max(1, (long) Math.ceil(calls * percent / 100));
        long seen = 0;
        for (int bucket = 0; bucket < latencyBuckets.size(); bucket++) {
            seen += latencyBuckets.get(bucket);
            if (seen >= wanted) {
                return Duration.ofNanos(LatencyBuckets.boundNanos(bucket));
            }
        }
        return Duration.ZERO;
    }
}
