package io.mooncake4j.master.placement;

import java.util.UUID;

/** Extents that somebody may still write (S2): free only after their writer's word or the cut of its session. */
final class Quarantined {
    final Extent[] extents;
    final UUID client;
    final long generation;
    /** When the node is asked to cut the session. */
    final long cutAtNanos;

    boolean freed;

    Quarantined(Extent[] extents, UUID client, long generation, long cutAtNanos) {
        this.extents = extents;
        this.client = client;
        this.generation = generation;
        this.cutAtNanos = cutAtNanos;
    }
}
