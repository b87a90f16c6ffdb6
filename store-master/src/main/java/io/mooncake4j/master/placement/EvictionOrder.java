package io.mooncake4j.master.placement;

import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one shard that may be evicted, by class and last access. Objects whose soft pin has ended are
 * ordinary, at the place of their last access. An access costs O(1), or O(log n) once after a soft pin has ended.
 * Guarded by its shard.
 */
final class EvictionOrder {
    /** Leased objects were read a moment ago: behind a few of them everything else is leased, too. */
    private static final int MAX_SKIPPED = 32;

    private static final int ORDINARY = 0;
    private static final int SOFT_PINNED = 1;

    /** All but the {@link #unpinned}. */
    private final AccessRings rings = new AccessRings(2);
    /** Those of the ring of soft-pinned objects, by the end of their pins. */
    private final TreeSet<ObjectEntry> pinEnds = sortedBy((a, b) -> a.softPinnedUntilNanos - b.softPinnedUntilNanos);
    /** Ordinary objects that were not accessed since their soft pin ended. */
    private final TreeSet<ObjectEntry> unpinned = sortedBy((a, b) -> a.accessedNanos - b.accessedNanos);

    @FunctionalInterface
    private interface Difference {
        long between(ObjectEntry a, ObjectEntry b);
    }

    private static TreeSet<ObjectEntry> sortedBy(Difference difference) {
        Comparator<ObjectEntry> comparator = (a, b) -> Long.signum(difference.between(a, b));
        return new TreeSet<>(comparator.thenComparingLong(entry -> entry.id));
    }

    void add(ObjectEntry entry) {
        rings.addNewest(ORDINARY, entry);
    }

    /** Protects an object that is here until an instant. */
    void softPin(ObjectEntry entry, long untilNanos) {
        remove(entry);
        entry.softPinnedUntilNanos = untilNanos;
        entry.softPinned = true;
        rings.addNewest(SOFT_PINNED, entry);
        pinEnds.add(entry);
    }

    /** About how many objects are protected: some of the pins may have ended. */
    int softPinned() {
        return pinEnds.size();
    }

    boolean isSoftPinned(ObjectEntry entry) {
        return entry.softPinned;
    }

    void remove(ObjectEntry entry) {
        if (entry.place == AccessRings.NOWHERE) {
            unpinned.remove(entry);
            return;
        }
        if (entry.softPinned) {
            pinEnds.remove(entry);
            entry.softPinned = false;
        }
        rings.remove(entry);
    }

    /** Marks an access; soft pins end on their own time, accesses do not extend them. */
    void touch(ObjectEntry entry, long nowNanos) {
        if (entry.place == AccessRings.NOWHERE) {
            unpinned.remove(entry);
            entry.accessedNanos = nowNanos;
            rings.addNewest(ORDINARY, entry);
        } else {
            entry.accessedNanos = nowNanos;
            rings.touch(entry.softPinned ? SOFT_PINNED : ORDINARY, entry);
        }
    }

    /** The object of a class that was accessed longest ago and is not leased; null if there is none. */
    @Nullable
    ObjectEntry oldest(Victims.Class which, long nowNanos) {
        unpinEnded(nowNanos);
        if (which == Victims.Class.SOFT_PINNED) {
            return oldestOf(SOFT_PINNED, nowNanos);
        }
        ObjectEntry old = oldestOf(ORDINARY, nowNanos);
        ObjectEntry other = oldestUnpinned(nowNanos);
        if (old == null || other == null) {
            return old == null ? other : old;
        }
        return old.accessedNanos - other.accessedNanos <= 0 ? old : other;
    }

    private void unpinEnded(long nowNanos) {
        while (!pinEnds.isEmpty() && pinEnds.first().softPinnedUntilNanos - nowNanos <= 0) {
            ObjectEntry entry = pinEnds.first();
            remove(entry);
            unpinned.add(entry);
        }
    }

    private @Nullable ObjectEntry oldestOf(int ring, long nowNanos) {
        ObjectEntry entry = rings.oldest(ring);
        for (int skipped = 0; entry != null && skipped < MAX_SKIPPED; skipped++) {
            if (!entry.leased(nowNanos)) {
                return entry;
            }
            entry = rings.newer(entry);
        }
        return null;
    }

    private @Nullable ObjectEntry oldestUnpinned(long nowNanos) {
        int skipped = 0;
        for (ObjectEntry entry : unpinned) {
            if (!entry.leased(nowNanos)) {
                return entry;
            }
            if (++skipped == MAX_SKIPPED) {
                break;
            }
        }
        return null;
    }
}
