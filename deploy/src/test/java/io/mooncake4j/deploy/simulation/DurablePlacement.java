package io.mooncake4j.deploy.simulation;

import io.mooncake4j.master.etcd.EtcdChanges;
import io.mooncake4j.master.etcd.EtcdEntry;
import io.mooncake4j.master.journal.JournalSeam;
import io.mooncake4j.master.journal.Placements;
import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.DurableState;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/** What etcd's journal says at every moment, record by record as they become durable. */
final class DurablePlacement {
    private final World world;
    private final DurableState state = new DurableState(0);
    private final Map<String, Long> objectOf = new HashMap<>();
    /** Per object, the segments that have it. */
    private final Map<Long, Set<UUID>> there = new HashMap<>();

    private final Set<Long> ever = new HashSet<>();
    private final Set<UUID> dropped = new HashSet<>();
    private final Set<String> mounted = new HashSet<>();
    private long head;

    DurablePlacement(World world) {
        this.world = world;
    }

    /** A transaction took effect. */
    void changed(EtcdChanges changes) {
        for (EtcdEntry entry : changes.put()) {
            if (JournalSeam.isEntry(entry.key())) {
                if (JournalSeam.firstSequence(entry.key(), entry.value()) != head + 1) {
                    throw violated("S4", entry.key() + " follows record " + head);
                }
                for (Change change : JournalSeam.records(entry.key(), entry.value())) {
                    head++;
                    take(change);
                    state.apply(change, 0);
                }
            } else if (JournalSeam.isBucket(entry.key())) {
                world.happened(Happening.BUCKET_WRITTEN);
            }
        }
    }

    private void take(Change change) {
        if (change instanceof Change.ObjectPlaced placed) {
            placed(placed);
        } else if (change instanceof Change.ObjectRemoved removed) {
            there.remove(removed.objectId());
            objectOf.remove(key(removed.key()), removed.objectId());
        } else if (change instanceof Change.SegmentMounted mount) {
            mounted.add(mount.segmentId() + " " + mount.address().processNonce());
            if (dropped.contains(mount.segmentId())) {
                throw violated("S6", "segment " + mount.segmentId() + " was dropped, and is taken again");
            }
        } else if (change instanceof Change.SegmentDropped drop) {
            world.happened(Happening.SEGMENT_DROPPED);
            dropped.add(drop.segmentId());
        } else if (change instanceof Change.HandedOver) {
            world.happened(Happening.HANDED_OVER);
        }
    }

    private void placed(Change.ObjectPlaced placed) {
        long id = placed.objectId();
        Truth.Grant grant = world.truth().grant(id);
        if (!there.containsKey(id)) {
            if (!ever.add(id)) {
                throw violated("S8", grant + " comes back into the journal, after it was removed");
            }
            if (grant != null && grant.put.ruledOut) {
                throw violated("put", grant + " became durable after its caller was told that it failed");
            }
        } else {
            world.happened(Happening.REPLICA_DROPPED);
        }
        there.put(
                id,
                Arrays.stream(placed.replicas())
                        .map(Change.PlacedReplica::segmentId)
                        .collect(Collectors.toSet()));
        Long before = objectOf.put(key(placed.key()), id);
        if (before != null && before != id) {
            there.remove(before);
        }
    }

    private Violation violated(String rule, String what) {
        return world.checks().violated(rule, what);
    }

    private static String key(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** The last record. */
    long head() {
        return head;
    }

    boolean has(long objectId) {
        return there.containsKey(objectId);
    }

    /** Whether one of its replicas is there. */
    boolean has(long objectId, UUID segmentId) {
        return there.getOrDefault(objectId, Set.of()).contains(segmentId);
    }

    /** Whether the object was durable at some time. */
    boolean everHad(long objectId) {
        return ever.contains(objectId);
    }

    /** Whether it is durable that this process had the segment at some time. */
    boolean everMounted(UUID segmentId, long processNonce) {
        return mounted.contains(segmentId + " " + processNonce);
    }

    /** What some master has read must be this. */
    void compare(String who, DurableState read) {
        Map<String, String> mine = text(state);
        Map<String, String> theirs = text(read);
        if (!mine.equals(theirs)) {
            mine.entrySet().removeAll(Map.copyOf(theirs).entrySet());
            throw violated("journal", who + " read another placement at record " + head + "; differing: " + mine);
        }
    }

    private static Map<String, String> text(DurableState of) {
        Map<String, String> all = new TreeMap<>(Placements.of(of));
        of.segments().all().forEach(segment -> all.put(segment.id().toString(), String.valueOf(segment.address())));
        return all;
    }
}
