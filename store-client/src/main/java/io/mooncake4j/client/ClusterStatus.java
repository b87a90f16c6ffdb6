package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.proto.ClusterStats;
import io.mooncake4j.transfer.wire.proto.JournalStats;
import io.mooncake4j.transfer.wire.proto.ListSegmentsResponse;
import io.mooncake4j.transfer.wire.proto.SegmentInfo;
import io.mooncake4j.transfer.wire.proto.SegmentState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the master says about its cluster. Counters count since the master became leader.
 *
 * @param clusterId minted with the cluster; without etcd, at each start of the master
 * @param term a larger one is a newer leader
 * @param putBytes sizes of the values that puts made visible, each once, however many replicas it has
 * @param locatedBytes sizes of the values whose replicas were told to readers; what they then read may differ
 * @param calls by method; none of a method that was never called
 * @param journal where placement is recorded; null: in the master's memory alone
 */
public record ClusterStatus(
        UUID clusterId,
        long term,
        List<Segment> segments,
        long objects,
        long openGrants,
        long evictedObjects,
        long evictedBytes,
        long putsCommitted,
        long getsHit,
        long getsMissed,
        long sessionsCut,
        long grantsLapsed,
        long putBytes,
        long locatedBytes,
        List<CallStatistics> calls,
        Duration uptime,
        @Nullable Journal journal) {

    /** How the master sees a segment's node. */
    public enum State {
        OK,
        /** Silent: nothing new is placed there. */
        SUSPECT,
        /** Silent for long: its replicas are kept but not offered. */
        OFFLINE
    }

    /**
     * The memory of one storage node.
     *
     * @param heldOffBytes removed, but may still be read under a lease
     * @param quarantinedBytes removed, but may still be written by somebody who didn't answer
     * @param silent how long ago the node was last heard
     */
    public record Segment(
            UUID id,
            String name,
            String host,
            int dataPort,
            State state,
            long sizeBytes,
            long usedBytes,
            long largestFreeBytes,
            long heldOffBytes,
            long quarantinedBytes,
            Duration silent) {

        private static Segment of(SegmentInfo in) {
            return new Segment(
                    Ids.of(in.getSegment()),
                    in.getName(),
                    in.getHost(),
                    in.getDataPort(),
                    state(in.getState()),
                    in.getSizeBytes(),
                    in.getUsedBytes(),
                    in.getLargestFreeBytes(),
                    in.getHeldOffBytes(),
                    in.getQuarantinedBytes(),
                    Duration.ofMillis(in.getSilentMs()));
        }

        private static State state(SegmentState state) {
            return switch (state) {
                case SEGMENT_STATE_OK -> State.OK;
                case SEGMENT_STATE_SUSPECT -> State.SUSPECT;
                case SEGMENT_STATE_OFFLINE, SEGMENT_STATE_UNSPECIFIED, UNRECOGNIZED -> State.OFFLINE;
            };
        }
    }

    /**
     * The record of placement in etcd.
     *
     * @param records how many changes were made
     * @param durableRecords of those, how many no crash can take away
     * @param lag for how long the oldest other has waited
     * @param queuedBytes what the others take, about
     * @param sizeBytes of etcd's database; 0: not known yet
     * @param usedBytes of that
     * @param quotaBytes what it may become at most
     * @param refusal why the master takes no new put for now; empty: it does
     * @param advice what an operator should do
     */
    public record Journal(
            long records,
            long durableRecords,
            Duration lag,
            long queuedBytes,
            long sizeBytes,
            long usedBytes,
            long quotaBytes,
            String refusal,
            List<String> advice) {

        private static Journal of(JournalStats in) {
            return new Journal(
                    in.getRecords(),
                    in.getDurableRecords(),
                    Duration.ofMillis(in.getLagMs()),
                    in.getQueuedBytes(),
                    in.getSizeBytes(),
                    in.getUsedBytes(),
                    in.getQuotaBytes(),
                    in.getRefusal(),
                    List.copyOf(in.getAdviceList()));
        }
    }

    static ClusterStatus of(ListSegmentsResponse in) {
        Epoch epoch = Epoch.of(in.getEpoch());
        List<Segment> segments = new ArrayList<>(in.getSegmentsCount());
        for (SegmentInfo segment : in.getSegmentsList()) {
            segments.add(Segment.of(segment));
        }
        ClusterStats stats = in.getStats();
        return new ClusterStatus(
                epoch.clusterId(),
                epoch.revision(),
                List.copyOf(segments),
                stats.getObjects(),
                stats.getOpenGrants(),
                stats.getEvictedObjects(),
                stats.getEvictedBytes(),
                stats.getPutsCommitted(),
                stats.getGetsHit(),
                stats.getGetsMissed(),
                stats.getSessionsCut(),
                stats.getGrantsLapsed(),
                stats.getPutBytes(),
                stats.getLocatedBytes(),
                stats.getCallsList().stream().map(CallStatistics::of).toList(),
                Duration.ofMillis(stats.getUptimeMs()),
                stats.hasJournal() ? Journal.of(stats.getJournal()) : null);
    }
}
