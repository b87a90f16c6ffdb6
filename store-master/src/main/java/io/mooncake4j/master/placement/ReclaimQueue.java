package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.safety.SafetyRules;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;

/**
 * Memory of one segment on its way to free (S2): held off until read leases end, or quarantined until nobody can
 * write it any more. Guarded by its segment.
 */
final class ReclaimQueue {
    private record HeldOff(Extent[] extents, long untilNanos) {}

    private final SegmentSpace space;
    private final SafetyRules rules;
    private final PriorityQueue<HeldOff> heldOff = new PriorityQueue<>(Comparator.comparingLong(HeldOff::untilNanos));
    private final Set<Quarantined> quarantine = new LinkedHashSet<>();
    private long heldOffBytes;
    private long quarantinedBytes;

    ReclaimQueue(SegmentSpace space, SafetyRules rules) {
        this.space = space;
        this.rules = rules;
    }

    void free(Extent[] extents) {
        for (Extent extent : extents) {
            space.free(extent);
        }
    }

    /** Frees what nobody writes, once no reader is promised it any more. */
    void freeAfter(Extent[] extents, long untilNanos, long nowNanos) {
        if (untilNanos - nowNanos <= 0 || !rules.enforce(SafetyRule.REUSE)) {
            free(extents);
        } else {
            heldOff.add(new HeldOff(extents, untilNanos));
            heldOffBytes += bytes(extents);
        }
    }

    Quarantined quarantine(Extent[] extents, UUID client, long generation, long cutAtNanos) {
        Quarantined item = new Quarantined(extents, client, generation, cutAtNanos);
        if (rules.enforce(SafetyRule.REUSE)) {
            quarantine.add(item);
            quarantinedBytes += bytes(extents);
        } else {
            free(extents);
            item.freed = true;
        }
        return item;
    }

    /** The writer's own word: nothing of its is under way to these extents. */
    void settle(Quarantined item) {
        if (!item.freed && quarantine.remove(item)) {
            release(item);
        }
    }

    /** The client's sessions up to the generation are gone. */
    void cut(UUID client, long generation) {
        Iterator<Quarantined> items = quarantine.iterator();
        while (items.hasNext()) {
            Quarantined item = items.next();
            if (item.client.equals(client) && item.generation <= generation) {
                items.remove();
                release(item);
            }
        }
    }

    /** The process that held every session is gone. */
    void cutAll() {
        quarantine.forEach(this::release);
        quarantine.clear();
    }

    /** Frees what is due and orders the cuts that are due. */
    void sweep(SessionLedger sessions, long nowNanos) {
        for (HeldOff next = heldOff.peek(); next != null && next.untilNanos() - nowNanos <= 0; next = heldOff.peek()) {
            heldOff.poll();
            heldOffBytes -= bytes(next.extents());
            free(next.extents());
        }
        for (Quarantined item : quarantine) {
            if (item.cutAtNanos - nowNanos <= 0) {
                sessions.order(item.client, item.generation, nowNanos);
            }
        }
    }

    long heldOffBytes() {
        return heldOffBytes;
    }

    long quarantinedBytes() {
        return quarantinedBytes;
    }

    /** Every run of bytes that waits, for the cross-check of tests. */
    List<Extent> waiting() {
        List<Extent> extents = new ArrayList<>();
        heldOff.forEach(item -> extents.addAll(List.of(item.extents())));
        quarantine.forEach(item -> extents.addAll(List.of(item.extents)));
        return extents;
    }

    private void release(Quarantined item) {
        item.freed = true;
        quarantinedBytes -= bytes(item.extents);
        free(item.extents);
    }

    private static long bytes(Extent[] extents) {
        long sum = 0;
        for (Extent extent : extents) {
            sum += SegmentSpace.alignedBytes(extent.lengthBytes());
        }
        return sum;
    }
}
