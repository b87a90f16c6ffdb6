package io.mooncake4j.master.journal;

import io.mooncake4j.master.placement.DurableState;
import java.util.Map;

/**
 * What a master knows of the placement in etcd.
 *
 * @param head the last record that the state includes
 * @param headRevision where etcd's head key was modified last; 0: there is none
 * @param buckets every bucket, with the last record that its value in etcd includes
 * @param sinceNanos since when the state has seen every change
 */
public record Found(
        DurableState state,
        SegmentsValue segments,
        Head head,
        long headRevision,
        Map<Bucket, Long> buckets,
        long sinceNanos) {}
