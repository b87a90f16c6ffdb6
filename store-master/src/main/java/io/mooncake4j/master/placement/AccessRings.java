package io.mooncake4j.master.placement;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Objects of one shard in rings, each from least to most recently used. Neighbours are numbers: every read moves an
 * object, and a collector has to look again at each reference that is stored in an old object. Guarded by its shard.
 */
final class AccessRings {
    /** The place of an object that is in no ring. */
    static final int NOWHERE = -1;

    private static final int FIRST_PLACES = 16;

    /** By place; the first ones, one a ring, hold no object: behind them is the oldest, before them the newest. */
    private @Nullable ObjectEntry[] entries = new @Nullable ObjectEntry[FIRST_PLACES];

    /** Of a place, the older neighbour's at twice its number and the newer one's, or the next spare one's, behind it. */
    private int[] neighbours = new int[2 * FIRST_PLACES];

    private int placesUsed;
    private int spare = NOWHERE;

    AccessRings(int rings) {
        for (placesUsed = 0; placesUsed < rings; placesUsed++) {
            link(placesUsed, placesUsed);
        }
    }

    @Nullable
    ObjectEntry oldest(int ring) {
        return entries[newer(ring)];
    }

    /** The next one of its ring; null after the newest. */
    @Nullable
    ObjectEntry newer(ObjectEntry entry) {
        return entries[newer(entry.place)];
    }

    /** Adds an object that is in no ring. */
    void addNewest(int ring, ObjectEntry entry) {
        int place = takePlace();
        entries[place] = entry;
        entry.place = place;
        insertNewest(ring, place);
    }

    void remove(ObjectEntry entry) {
        int place = entry.place;
        entry.place = NOWHERE;
        entries[place] = null;
        link(older(place), newer(place));
        neighbours[2 * place + 1] = spare;
        spare = place;
    }

    /** Makes an object of the ring its newest. */
    void touch(int ring, ObjectEntry entry) {
        int place = entry.place;
        if (newer(place) != ring) {
            link(older(place), newer(place));
            insertNewest(ring, place);
        }
    }

    private void insertNewest(int ring, int place) {
        link(older(ring), place);
        link(place, ring);
    }

    private int takePlace() {
        if (spare != NOWHERE) {
            int place = spare;
            spare = newer(place);
            return place;
        }
        if (placesUsed == entries.length) {
            int grown = placesUsed + (placesUsed >> 1);
            entries = Arrays.copyOf(entries, grown);
            neighbours = Arrays.copyOf(neighbours, 2 * grown);
        }
        return placesUsed++;
    }

    private int older(int place) {
        return neighbours[2 * place];
    }

    private int newer(int place) {
        return neighbours[2 * place + 1];
    }

    private void link(int olderPlace, int newerPlace) {
        neighbours[2 * olderPlace + 1] = newerPlace;
        neighbours[2 * newerPlace] = olderPlace;
    }
}
