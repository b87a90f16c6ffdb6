package io.mooncake4j.deploy.replay;

import io.mooncake4j.deploy.load.ValuePattern;
import java.time.Duration;

/**
 * How to replay.
 *
 * @param blockBytes size of every block
 * @param clients threads that take requests in order
 * @param realtime wait for each request's arrival time instead of taking it at once
 * @param keyPrefix what the keys of this run start with
 * @param seed version in the pattern of every value
 * @param requests how many at most
 * @param duration how long at most; no request is begun later
 */
public record ReplayOptions(
        int blockBytes, int clients, boolean realtime, String keyPrefix, long seed, long requests, Duration duration) {
    String key(long blockId) {
        return keyPrefix + blockId;
    }

    ValuePattern pattern(String key) {
        return ValuePattern.of(key, seed, blockBytes);
    }
}
