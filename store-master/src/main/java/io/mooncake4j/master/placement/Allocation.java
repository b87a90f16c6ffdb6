package io.mooncake4j.master.placement;

import java.util.UUID;

/** Finds memory for the replicas of one put: as many as are wanted or can be had, each on a segment of its own. */
final class Allocation {
    private static final Grant.Target[] NOTHING = {};
    /** So that an object's record stays far below what the journal can write at once. */
    private static final int MOST_EXTENTS = 16_384;

    private final MasterCore core;

    Allocation(MasterCore core) {
        this.core = core;
    }

    /** Empty if not even one replica fits anywhere, or only in more pieces than can be recorded. */
    Grant.Target[] allocate(long sizeBytes, PutTerms terms, long keyHash, UUID client, long nowNanos) {
        SegmentTable.Snapshot segments = core.segmentTable.snapshot();
        int[] order = core.settings
                .strategy()
                .order(
                        segments.candidates(),
                        new PlacementRequest(
                                sizeBytes,
                                terms.replicas(),
                                terms.preferredSegments(),
                                terms.hostId(),
                                terms.preferSameNode(),
                                keyHash),
                        core.settings.random().get());
        Grant.Target[] targets = NOTHING;
        int extents = 0;
        for (int i = 0; i < order.length && targets.length < terms.replicas(); i++) {
            Segment segment = segments.segments().get(order[i]);
            Grant.Target target = segment.allocate(sizeBytes, client, nowNanos);
            if (target != null) {
                extents += target.replica().extentCount();
                if (extents > MOST_EXTENTS) {
                    segment.release(target.replica().extents(), nowNanos, nowNanos);
                    break;
                }
                Grant.Target[] more = new Grant.Target[targets.length + 1];
                System.arraycopy(targets, 0, more, 0, targets.length);
                more[targets.length] = target;
                targets = more;
            }
        }
        return targets;
    }
}
