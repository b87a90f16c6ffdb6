package io.mooncake4j.master.placement;

import java.util.UUID;

/** Finds memory for the replicas of one put: as many as are wanted or can be had, each on a segment of its own. */
final class Allocation {
    private static final Grant.Target[] NOTHING = {};

    private final MasterCore core;

    Allocation(MasterCore core) {
        this.core = core;
    }

    /** Empty if not even one replica fits anywhere. */
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
        for (int i = 0; i < order.length && targets.length < terms.replicas(); i++) {
            Grant.Target target = segments.segments().get(order[i]).allocate(sizeBytes, client, nowNanos);
            if (target != null) {
                Grant.Target[] more = new Grant.Target[targets.length + 1];
                System.arraycopy(targets, 0, more, 0, targets.length);
                more[targets.length] = target;
                targets = more;
            }
        }
        return targets;
    }
}
