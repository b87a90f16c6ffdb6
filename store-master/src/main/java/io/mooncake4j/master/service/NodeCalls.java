package io.mooncake4j.master.service;

import com.google.protobuf.ByteString;
import io.mooncake4j.master.placement.Commit;
import io.mooncake4j.master.placement.CorruptionReports;
import io.mooncake4j.master.placement.Counters;
import io.mooncake4j.master.placement.Extent;
import io.mooncake4j.master.placement.JournalStatus;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.master.placement.Segments;
import io.mooncake4j.master.placement.SessionLedger;
import io.mooncake4j.transfer.rpc.RpcCall;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.proto.ClusterStats;
import io.mooncake4j.transfer.wire.proto.Empty;
import io.mooncake4j.transfer.wire.proto.JournalStats;
import io.mooncake4j.transfer.wire.proto.ListSegmentsResponse;
import io.mooncake4j.transfer.wire.proto.MountSegmentRequest;
import io.mooncake4j.transfer.wire.proto.MountSegmentResponse;
import io.mooncake4j.transfer.wire.proto.PingRequest;
import io.mooncake4j.transfer.wire.proto.PingResponse;
import io.mooncake4j.transfer.wire.proto.SegmentInfo;
import io.mooncake4j.transfer.wire.proto.SegmentRequest;
import io.mooncake4j.transfer.wire.proto.SegmentState;
import io.mooncake4j.transfer.wire.proto.SessionCut;
import io.mooncake4j.transfer.wire.proto.VerifyOrder;
import io.mooncake4j.transfer.wire.proto.VerifyResult;
import java.util.concurrent.TimeUnit;

/** Calls of storage nodes, and about them, on the wire. */
final class NodeCalls {
    private static final int PING_INTERVAL_MS = 1000;

    private final MasterCore core;
    private final CallMeters meters;
    private final long startNanos;

    NodeCalls(MasterCore core, CallMeters meters, long startNanos) {
        this.core = core;
        this.meters = meters;
        this.startNanos = startNanos;
    }

    void mount(RpcCall call, long nowNanos) {
        MountSegmentRequest request = call.parse(MountSegmentRequest.parser());
        Commit commit = new Commit();
        Segment segment = core.segments()
                .mount(
                        new Segments.Offer(
                                Ids.of(request.getSegment()),
                                request.getName(),
                                request.getHostId(),
                                request.getSizeBytes(),
                                request.getRegionBytes(),
                                new Segment.Address(
                                        request.getHost(), request.getDataPort(), request.getProcessNonce()),
                                request.hasCluster() ? Ids.of(request.getCluster()) : null),
                        commit,
                        nowNanos);
        segment.servesRdma(request.getRdma());
        MountSegmentResponse response = MountSegmentResponse.newBuilder()
                .setEpoch(core.epoch().toProto())
                .setAccessKey(ByteString.copyFrom(segment.sealKey().bytes()))
                .setMasterTicks(nowNanos)
                .setPingIntervalMs(PING_INTERVAL_MS)
                .setReadLeaseMs((int) TimeUnit.NANOSECONDS.toMillis(core.times().readLeaseNanos()))
                .setJournalDurable(core.log().durable())
                .setDurableSequence(core.log().durableSequence())
                .setTermSequence(core.termSequence())
                .build();
        core.log().whenDurable(commit.sequence(), new OnceDurable(call, response));
    }

    void ping(RpcCall call, long nowNanos) {
        PingRequest request = call.parse(PingRequest.parser());
        Segment segment = core.segments().heard(Ids.of(request.getSegment()), request.getProcessNonce(), nowNanos);
        PingResponse.Builder response = PingResponse.newBuilder()
                .setEpoch(core.epoch().toProto())
                .setMasterTicks(nowNanos)
                .setDurableSequence(core.log().durableSequence())
                .setTermSequence(core.termSequence());
        if (!Epoch.of(request.getEpoch()).equals(core.epoch())) {
            // It follows another leader: what it confirms are that one's orders, and its writers are not cut.
            call.reply(response.build());
            return;
        }
        core.segments().adopted(segment);
        for (SessionCut cut : request.getConfirmedList()) {
            core.segments().confirmCut(segment, Ids.of(cut.getClient()), cut.getGeneration());
        }
        for (VerifyResult result : request.getVerifiedList()) {
            core.corruption().verified(segment, result.getOrderId(), result.getIntact(), nowNanos);
        }
        for (SessionLedger.Cut cut : core.segments().cutsFor(segment, nowNanos)) {
            response.addCuts(
                    SessionCut.newBuilder().setClient(Ids.toProto(cut.client())).setGeneration(cut.generation()));
        }
        for (CorruptionReports.Order order : core.corruption().ordersFor(segment, nowNanos)) {
            response.addVerifies(verify(order));
        }
        call.reply(response.build());
    }

    private static VerifyOrder verify(CorruptionReports.Order order) {
        VerifyOrder.Builder verify =
                VerifyOrder.newBuilder().setOrderId(order.id()).setChecksum(order.checksum());
        for (Extent extent : order.extents()) {
            verify.addRegions(extent.region());
            verify.addOffsets(extent.offset());
            verify.addLengths(extent.lengthBytes());
        }
        return verify.build();
    }

    void suspend(RpcCall call) {
        SegmentRequest request = call.parse(SegmentRequest.parser());
        Commit commit = new Commit();
        core.segments().suspend(Ids.of(request.getSegment()), request.getProcessNonce(), commit);
        core.log().whenDurable(commit.sequence(), new OnceDurable(call, Empty.getDefaultInstance()));
    }

    /** Runs on a worker: every object on the segment is visited. */
    void leave(RpcCall call, long nowNanos) {
        SegmentRequest request = call.parse(SegmentRequest.parser());
        Commit commit = new Commit();
        core.segments().leave(Ids.of(request.getSegment()), request.getProcessNonce(), commit, nowNanos);
        core.log().whenDurable(commit.sequence(), new OnceDurable(call, Empty.getDefaultInstance()));
    }

    void list(RpcCall call, long nowNanos) {
        ListSegmentsResponse.Builder response =
                ListSegmentsResponse.newBuilder().setEpoch(core.epoch().toProto());
        for (Segment segment : core.segmentTable().all()) {
            response.addSegments(info(segment, nowNanos));
        }
        call.reply(response.setStats(stats(nowNanos)).build());
    }

    private static SegmentInfo info(Segment segment, long nowNanos) {
        return SegmentInfo.newBuilder()
                .setSegment(Ids.toProto(segment.id()))
                .setName(segment.name())
                .setHost(segment.address().host())
                .setDataPort(segment.address().dataPort())
                .setState(state(segment))
                .setSizeBytes(segment.sizeBytes())
                .setUsedBytes(segment.usedBytes())
                .setLargestFreeBytes(segment.largestFreeBytes())
                .setHeldOffBytes(segment.heldOffBytes())
                .setQuarantinedBytes(segment.quarantinedBytes())
                .setSilentMs(Math.max(0, TimeUnit.NANOSECONDS.toMillis(segment.silentNanos(nowNanos))))
                .build();
    }

    static SegmentState state(Segment segment) {
        return switch (segment.state()) {
            case OK -> SegmentState.SEGMENT_STATE_OK;
            case SUSPECT -> SegmentState.SEGMENT_STATE_SUSPECT;
            case OFFLINE, DROPPED -> SegmentState.SEGMENT_STATE_OFFLINE;
        };
    }

    private static JournalStats stats(JournalStatus journal) {
        return JournalStats.newBuilder()
                .setRecords(journal.records())
                .setDurableRecords(journal.durableRecords())
                .setLagMs(TimeUnit.NANOSECONDS.toMillis(journal.lagNanos()))
                .setQueuedBytes(journal.queuedBytes())
                .setSizeBytes(journal.sizeBytes())
                .setUsedBytes(journal.usedBytes())
                .setQuotaBytes(journal.quotaBytes())
                .setRefusal(journal.refusal() == null ? "" : journal.refusal())
                .addAllAdvice(journal.advice())
                .build();
    }

    private ClusterStats stats(long nowNanos) {
        Counters counters = core.counters();
        ClusterStats.Builder stats = ClusterStats.newBuilder();
        JournalStatus journal = core.log().status();
        if (journal != null) {
            stats.setJournal(stats(journal));
        }
        return stats.setObjects(core.objects().objectCount())
                .setOpenGrants(core.puts().openGrants())
                .setEvictedObjects(counters.evictedObjects.sum())
                .setEvictedBytes(counters.evictedBytes.sum())
                .setPutsCommitted(counters.putsCommitted.sum())
                .setGetsHit(counters.getsHit.sum())
                .setGetsMissed(counters.getsMissed.sum())
                .setSessionsCut(counters.sessionsCut.sum())
                .setGrantsLapsed(counters.grantsLapsed.sum())
                .setPutBytes(counters.putBytes.sum())
                .setLocatedBytes(counters.locatedBytes.sum())
                .addAllCalls(meters.stats())
                .setUptimeMs(TimeUnit.NANOSECONDS.toMillis(nowNanos - startNanos))
                .build();
    }
}
