package io.mooncake4j.master.journal;

import io.mooncake4j.transfer.metrics.LatencyHistogram;
import io.mooncake4j.transfer.safety.SafetyRules;
import java.time.Duration;

/**
 * How the journal is kept.
 *
 * @param sync whether puts are visible and acknowledged only when they are durable
 * @param tailBytes the journal is kept this short, or as long as all buckets are, whichever is more
 * @param quotaBytes what etcd's database may become at most
 * @param commitTimes where it is recorded how long batches take to be durable, from their oldest record's arrival on
 */
public record JournalOptions(
        boolean sync, long tailBytes, SafetyRules rules, long quotaBytes, LatencyHistogram commitTimes) {
    /** etcd's own default. */
    public static final long DEFAULT_QUOTA_BYTES = 2L << 30;

    /** With "async" no put is acknowledged while something older than this is not durable (S8). */
    static final Duration LONGEST_LAG = Duration.ofMillis(200);

    public JournalOptions(boolean sync, long tailBytes, SafetyRules rules) {
        this(sync, tailBytes, rules, DEFAULT_QUOTA_BYTES, new LatencyHistogram());
    }

    public static JournalOptions defaults() {
        return new JournalOptions(false, 64L << 20, SafetyRules.ALL);
    }

    public JournalOptions with(boolean syncPuts, SafetyRules enforced) {
        return new JournalOptions(syncPuts, tailBytes, enforced, quotaBytes, commitTimes);
    }

    public JournalOptions withQuotaBytes(long bytes) {
        return new JournalOptions(sync, tailBytes, rules, bytes, commitTimes);
    }
}
