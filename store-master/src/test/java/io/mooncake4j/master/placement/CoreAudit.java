package io.mooncake4j.master.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Cross-check of object table, grants, memory on its way to free, and allocators: every byte belongs to one of them. */
public final class CoreAudit {
    private CoreAudit() {}

    public static void check(MasterCore core) {
        Map<Segment, List<Extent>> owned = new HashMap<>();
        long objects = 0;
        for (int i = 0; i < ObjectTable.SHARDS; i++) {
            ObjectShard shard = core.objects.shard(i);
            synchronized (shard) {
                for (ObjectEntry entry : shard.entries()) {
                    objects++;
                    assertThat(entry.replicas)
                            .as("replicas of object %s", entry.id)
                            .isNotEmpty();
                    assertThat(core.objects.shardOf(entry.hash)).isSameAs(shard);
                    assertThat(shard.find(new KeySlice(entry.tenant).at(entry.key, 0, entry.key.length)))
                            .isSameAs(entry);
                    for (Replica replica : entry.replicas) {
                        own(owned, replica);
                        assertThat(sum(replica.extents())).isEqualTo(entry.sizeBytes);
                        assertThat(replica.segment().state()).isNotEqualTo(Segment.State.DROPPED);
                    }
                    assertThat(List.of(entry.replicas).stream()
                                    .map(Replica::segment)
                                    .distinct()
                                    .count())
                            .isEqualTo(entry.replicas.length);
                }
                assertThat(shard.count()).isEqualTo(shard.entries().size());
                for (Grant grant : shard.grants.open()) {
                    for (Grant.Target target : grant.targets()) {
                        own(owned, target.replica());
                    }
                }
            }
        }
        assertThat(core.objects.objectCount()).isEqualTo(objects);
        for (Segment segment : core.segmentTable.all()) {
            synchronized (segment) {
                List<Extent> all = new ArrayList<>(owned.getOrDefault(segment, List.of()));
                all.addAll(segment.waitingExtents());
                checkSegment(segment, all);
            }
        }
    }

    private static void own(Map<Segment, List<Extent>> owned, Replica replica) {
        if (replica.segment().state() != Segment.State.DROPPED) {
            owned.computeIfAbsent(replica.segment(), s -> new ArrayList<>()).addAll(List.of(replica.extents()));
        }
    }

    private static void checkSegment(Segment segment, List<Extent> extents) {
        extents.sort(Comparator.comparingInt(Extent::region).thenComparingLong(Extent::offset));
        long used = 0;
        Extent before = null;
        for (Extent extent : extents) {
            assertThat(segment.space().holds(extent))
                    .as("%s is allocated in %s", extent, segment.name())
                    .isTrue();
            if (before != null && before.region() == extent.region()) {
                assertThat(extent.offset())
                        .as("%s and %s overlap", before, extent)
                        .isGreaterThanOrEqualTo(before.offset() + SegmentSpace.alignedBytes(before.lengthBytes()));
            }
            used += SegmentSpace.alignedBytes(extent.lengthBytes());
            before = extent;
        }
        assertThat(segment.space().usedBytes())
                .as("used bytes of %s", segment.name())
                .isEqualTo(used);
        assertThat(segment.freeBytes()).isEqualTo(segment.sizeBytes() - used);
    }

    private static long sum(Extent[] extents) {
        long sum = 0;
        for (Extent extent : extents) {
            sum += extent.lengthBytes();
        }
        return sum;
    }
}
