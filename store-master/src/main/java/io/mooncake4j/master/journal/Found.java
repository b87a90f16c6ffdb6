package io.mooncake4j.master.journal;

import io.mooncake4j.master.placement.DurableState;
import java.util.Map;
import java.util.Set;

/**
 * What a master knows of the placement in etcd.
 *
 * @param head the last record that the state includes
 * @param headRevision where etcd's head key was modified last; 0: there is none
 * @param buckets every bucket, with the last record that its value in etcd includes
 * @param unfinished of the buckets, those whose splitting began and didn't end; what it left is of no use
 * @param sinceNanos since when the state has seen every change
 */
public record Found(
        DurableState state,
        SegmentsValue segments,
        Head head,
        long headRevision,
        Map<Bucket, Long> buckets,
        Set<Bucket> unfinished,
        long sinceNanos) {}
