package io.mooncake4j.master.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The segments of the cluster. Safe for all threads, but changed by one at a time: under the monitor of {@link Segments},
 * or, on a standby, by the thread that follows the journal.
 */
public final class SegmentTable {
    /** The segments of a moment, and the same as candidates with the same indexes. */
    record Snapshot(List<Segment> segments, Candidates candidates) {
        static Snapshot of(List<Segment> segments) {
            return new Snapshot(List.copyOf(segments), new Candidates(segments));
        }
    }

    private final ConcurrentHashMap<UUID, Segment> byId = new ConcurrentHashMap<>();
    /** Kept for good, and small because segments are dropped rarely. */
    private final Set<UUID> dropped = ConcurrentHashMap.newKeySet();

    /** Stand for segments that were dropped while replicas there had not been taken from their objects yet. */
    private final ConcurrentHashMap<UUID, Segment> ghosts = new ConcurrentHashMap<>();

    private volatile Snapshot snapshot = Snapshot.of(List.of());

    public @Nullable Segment find(UUID id) {
        return byId.get(id);
    }

    /** The segment, or a dropped one of that id. */
    Segment findOrGhost(UUID id) {
        Segment known = byId.get(id);
        return known != null ? known : ghosts.computeIfAbsent(id, Segment::ghost);
    }

    /** Whether a segment of this id was here before: no other content may have that name (S6). */
    boolean wasDropped(UUID id) {
        return dropped.contains(id);
    }

    /** All segments that were not dropped, in the order of their mounting. */
    public List<Segment> all() {
        return snapshot.segments();
    }

    Snapshot snapshot() {
        return snapshot;
    }

    void add(Segment segment) {
        byId.put(segment.id(), segment);
        List<Segment> all = new ArrayList<>(snapshot.segments());
        all.add(segment);
        snapshot = Snapshot.of(all);
    }

    void addDropped(UUID id) {
        dropped.add(id);
    }

    void remove(Segment segment) {
        dropped.add(segment.id());
        byId.remove(segment.id());
        List<Segment> all = new ArrayList<>(snapshot.segments());
        all.remove(segment);
        snapshot = Snapshot.of(all);
    }
}
