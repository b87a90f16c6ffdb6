package io.mooncake4j.master.service;

import com.google.protobuf.UnsafeByteOperations;
import io.mooncake4j.master.placement.Replica;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.proto.Placements;
import io.mooncake4j.transfer.wire.proto.SegmentAccess;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Collects the placements of one answer as columns, and seals one access token per segment. For one thread. */
final class PlacementsBuilder {
    /** The ranges that one token covers, in the order of the answer's extents. */
    private static final class Ranges {
        final Segment segment;
        final Segment.Address address;
        final long generation;
        int[] regions = new int[4];
        long[] offsets = new long[4];
        long[] lengths = new long[4];
        int count;

        Ranges(Segment segment, Segment.Address address, long generation) {
            this.segment = segment;
            this.address = address;
            this.generation = generation;
        }

        void add(int region, long offset, long lengthBytes) {
            if (count == regions.length) {
                regions = Arrays.copyOf(regions, count * 2);
                offsets = Arrays.copyOf(offsets, count * 2);
                lengths = Arrays.copyOf(lengths, count * 2);
            }
            regions[count] = region;
            offsets[count] = offset;
            lengths[count] = lengthBytes;
            count++;
        }
    }

    private final Epoch epoch;
    private final AccessToken.Mode mode;
    private final UUID client;
    private final long deadlineTicks;
    private final Placements.Builder placements = Placements.newBuilder();
    private final List<Ranges> segments = new ArrayList<>(2);

    /** @param deadlineTicks until when the tokens are good, in this master's nanoTime */
    PlacementsBuilder(Epoch epoch, AccessToken.Mode mode, UUID client, long deadlineTicks) {
        this.epoch = epoch;
        this.mode = mode;
        this.client = client;
        this.deadlineTicks = deadlineTicks;
    }

    /** The next key has that many replicas, added next. */
    void key(int replicas) {
        placements.addReplicasPerKey(replicas);
    }

    /** A replica under whatever session its reader has now. */
    void replica(Replica replica, long nowNanos) {
        Segment segment = replica.segment();
        for (int i = 0; i < segments.size(); i++) {
            if (segments.get(i).segment == segment) {
                add(replica, i);
                return;
            }
        }
        segments.add(new Ranges(segment, segment.address(), segment.generationOf(client, nowNanos)));
        add(replica, segments.size() - 1);
    }

    /** A replica that only one session may write. */
    void replica(Replica replica, long processNonce, long generation) {
        Segment segment = replica.segment();
        for (int i = 0; i < segments.size(); i++) {
            Ranges ranges = segments.get(i);
            if (ranges.segment == segment
                    && ranges.generation == generation
                    && ranges.address.processNonce() == processNonce) {
                add(replica, i);
                return;
            }
        }
        Segment.Address address = segment.address();
        segments.add(
                new Ranges(segment, new Segment.Address(address.host(), address.dataPort(), processNonce), generation));
        add(replica, segments.size() - 1);
    }

    private void add(Replica replica, int index) {
        placements.addExtentsPerReplica(replica.extentCount());
        for (int i = 0; i < replica.extentCount(); i++) {
            placements.addExtentSegment(index);
            placements.addExtentRegion(replica.region(i));
            placements.addExtentOffset(replica.offset(i));
            placements.addExtentLength(replica.lengthBytes(i));
            segments.get(index).add(replica.region(i), replica.offset(i), replica.lengthBytes(i));
        }
    }

    Placements build() {
        placements.setEpoch(epoch.toProto());
        for (Ranges ranges : segments) {
            placements.addSegments(sealed(ranges));
        }
        return placements.build();
    }

    private SegmentAccess sealed(Ranges ranges) {
        AccessToken token = new AccessToken(
                        mode,
                        ranges.segment.id(),
                        ranges.address.processNonce(),
                        epoch,
                        client,
                        ranges.generation,
                        deadlineTicks,
                        Arrays.copyOf(ranges.regions, ranges.count),
                        Arrays.copyOf(ranges.offsets, ranges.count),
                        Arrays.copyOf(ranges.lengths, ranges.count),
                        new byte[0])
                .sealedBy(ranges.segment.sealKey());
        return SegmentAccess.newBuilder()
                .setSegment(Ids.toProto(ranges.segment.id()))
                .setName(ranges.segment.name())
                .setHost(ranges.address.host())
                .setDataPort(ranges.address.dataPort())
                .setProcessNonce(ranges.address.processNonce())
                .setSessionGeneration(ranges.generation)
                .setDeadlineTicks(deadlineTicks)
                .setMac(UnsafeByteOperations.unsafeWrap(token.mac()))
                .build();
    }
}
