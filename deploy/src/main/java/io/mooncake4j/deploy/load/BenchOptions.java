package io.mooncake4j.deploy.load;

import java.time.Duration;

/**
 * One measured run.
 *
 * @param blockBytes size of every value
 * @param batch keys a call
 * @param keys how many objects the gets choose from, in turn
 * @param warmup runs before the measured time
 * @param checkEvery of so many get calls the bytes of one are checked
 * @param keyPrefix what the keys of this run start with
 */
public record BenchOptions(
        Operation operation,
        int blockBytes,
        int threads,
        int batch,
        int keys,
        Duration warmup,
        Duration duration,
        int checkEvery,
        String keyPrefix) {
    /** What is measured. */
    public enum Operation {
        PUT,
        GET
    }

    String key(long number) {
        return keyPrefix + number;
    }
}
