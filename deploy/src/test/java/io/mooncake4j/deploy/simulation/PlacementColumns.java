package io.mooncake4j.deploy.simulation;

import io.mooncake4j.master.placement.Extent;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.proto.Placements;
import java.util.ArrayList;
import java.util.List;

/** The placements of an answer, key by key. */
final class PlacementColumns {
    private final Placements placements;
    private int key;
    private int replica;
    private int extent;

    PlacementColumns(Placements placements) {
        this.placements = placements;
    }

    List<List<Truth.Place>> next() {
        int count = placements.getReplicasPerKey(key++);
        List<List<Truth.Place>> replicas = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            List<Truth.Place> places = new ArrayList<>(2);
            for (int left = placements.getExtentsPerReplica(replica++); left > 0; left--) {
                var access = placements.getSegments(placements.getExtentSegment(extent));
                places.add(new Truth.Place(
                        Ids.of(access.getSegment()),
                        access.getProcessNonce(),
                        new Extent(
                                placements.getExtentRegion(extent),
                                placements.getExtentOffset(extent),
                                placements.getExtentLength(extent))));
                extent++;
            }
            replicas.add(places);
        }
        return replicas;
    }
}
