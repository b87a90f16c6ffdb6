package io.mooncake4j.master.placement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a durable journal does.
 *
 * @param records the number of the last one
 * @param durableRecords of the last one that is durable
 * @param lagNanos for how long the oldest that isn't has waited
 * @param queuedBytes of what isn't durable, about
 * @param sizeBytes of the database that it is in; 0: not known yet
 * @param usedBytes of that
 * @param quotaBytes what it may become at most
 * @param refusal why no new put is taken for now, or null
 * @param advice what an operator should do
 */
public record JournalStatus(
        long records,
        long durableRecords,
        long lagNanos,
        long queuedBytes,
        long sizeBytes,
        long usedBytes,
        long quotaBytes,
        @Nullable String refusal,
        List<String> advice) {}
