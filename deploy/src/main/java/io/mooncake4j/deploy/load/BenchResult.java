package io.mooncake4j.deploy.load;

import org.HdrHistogram.Histogram;

/**
 * What one measured run did in its measured time.
 *
 * @param keys keys put or got
 * @param callNanos latencies of calls, each of one batch
 * @param failed calls with a key that failed or was not found
 * @param firstFailure why, for the first of them; else empty
 */
public record BenchResult(
        long keys, long bytes, long nanos, Histogram callNanos, long failed, long wrongBytes, String firstFailure) {
    public double gigabytesPerSecond() {
        return (double) bytes / nanos;
    }

    public double keysPerSecond() {
        return keys * 1e9 / nanos;
    }
}
