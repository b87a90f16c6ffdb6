package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The calls of storage nodes, and the life of their segments (design section 5, S6). */
public final class Segments {
    /** A segment as a node offers it; cluster: the one that its content belongs to, null when it is empty. */
    public record Offer(
            UUID segmentId,
            String name,
            String hostId,
            long sizeBytes,
            long regionBytes,
            Segment.Address address,
            @Nullable UUID cluster) {}

    private static final Logger LOG = LoggerFactory.getLogger(Segments.class);
    /** A gap between two sweeps above this means that the master itself did not run. */
    private static final long PAUSE_NANOS = 1_000_000_000L;

    private static final long MAX_SEGMENT_BYTES = 1L << 40;
    private static final long MAX_REGION_BYTES = 1L << 30;
    private static final int MAX_TEXT_CHARS = 255;

    private final MasterCore core;
    private long sweptNanos;

    Segments(MasterCore core) {
        this.core = core;
        this.sweptNanos = core.settings.startNanos();
    }

    /**
     * Takes a segment into the cluster: an empty one under a new id, or one whose content this master's journal
     * holds. The same again is harmless.
     *
     * @throws StoreException SEGMENT_NOT_FOUND if its content is not ours to take: it must come back empty under a new
     *     id; SEGMENT_ALREADY_EXISTS if an empty one comes under an id that has content; INVALID_PARAMS;
     *     UNAVAILABLE_IN_CURRENT_STATUS if the journal can't keep as many
     */
    public synchronized Segment mount(Offer offer, Commit commit, long nowNanos) {
        check(offer);
        Segment known = core.segmentTable.find(offer.segmentId());
        if (known == null) {
            if (core.segmentTable.wasDropped(offer.segmentId())) {
                throw new StoreException(
                        ErrorCode.SEGMENT_NOT_FOUND,
                        "segment " + offer.segmentId() + " was dropped; it must come back empty under a new id");
            }
            if (offer.cluster() != null) {
                throw new StoreException(
                        ErrorCode.SEGMENT_NOT_FOUND,
                        "segment " + offer.segmentId() + " holds content of "
                                + (offer.cluster().equals(core.epoch().clusterId())
                                        ? "this cluster that was dropped"
                                        : "cluster " + offer.cluster() + ", not of "
                                                + core.epoch().clusterId())
                                + "; it must come back empty under a new id");
            }
            return mountNew(offer, commit, nowNanos);
        }
        boolean sameLife = known.address().processNonce() == offer.address().processNonce();
        if (offer.cluster() == null && !sameLife) {
            throw new StoreException(
                    ErrorCode.SEGMENT_ALREADY_EXISTS,
                    "segment " + offer.segmentId() + " is known with content, but came back empty; a new id is needed");
        }
        if (offer.cluster() != null && !offer.cluster().equals(core.epoch().clusterId())) {
            throw new StoreException(ErrorCode.SEGMENT_NOT_FOUND, "the content is of cluster " + offer.cluster());
        }
        if (known.sizeBytes() != offer.sizeBytes() || known.regionBytes() != offer.regionBytes()) {
            throw new StoreException(
                    ErrorCode.SEGMENT_NOT_FOUND, "segment " + offer.segmentId() + " came back with another size");
        }
        Segment.Address before = known.address();
        if (!before.equals(offer.address())) {
            checkRoom(mounted(offer));
        }
        if (!known.remount(offer.address(), nowNanos)) {
            throw new StoreException(
                    ErrorCode.SEGMENT_NOT_FOUND, "that process of segment " + offer.segmentId() + " has ended before");
        }
        // Nothing new is said where its first answer was lost, but that one may have waited for the commit.
        boolean moved = !before.equals(offer.address());
        commit.upTo(moved ? core.log.append(mounted(offer)) : core.log.lastSequence());
        LOG.info("segment {} ({}) is back at {}", known.name(), known.id(), offer.address());
        return known;
    }

    private static Change.SegmentMounted mounted(Offer offer) {
        return new Change.SegmentMounted(
                offer.segmentId(),
                offer.name(),
                offer.hostId(),
                offer.sizeBytes(),
                offer.regionBytes(),
                offer.address());
    }

    private Segment mountNew(Offer offer, Commit commit, long nowNanos) {
        Change.SegmentMounted change = mounted(offer);
        checkRoom(change);
        commit.upTo(core.log.append(change));
        Segment segment = core.durable.apply(change, nowNanos);
        segment.begin(core.settings, core.generations, false, nowNanos, nowNanos);
        segment.remount(offer.address(), nowNanos);
        LOG.info(
                "segment {} ({}) of {} bytes mounted at {}:{}",
                segment.name(),
                segment.id(),
                segment.sizeBytes(),
                offer.address().host(),
                offer.address().dataPort());
        return segment;
    }

    private void checkRoom(Change.SegmentMounted change) {
        String refusal = core.log.refusal(change);
        if (refusal != null) {
            throw new StoreException(ErrorCode.UNAVAILABLE_IN_CURRENT_STATUS, refusal);
        }
    }

    private static void check(Offer offer) {
        if (offer.sizeBytes() <= 0 || offer.sizeBytes() > MAX_SEGMENT_BYTES) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS, "a segment has 1 byte to 1 TiB, not " + offer.sizeBytes());
        }
        if (offer.regionBytes() <= 0 || offer.regionBytes() > MAX_REGION_BYTES) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS, "a region has 1 byte to 1 GiB, not " + offer.regionBytes());
        }
        if ((offer.sizeBytes() - 1) / offer.regionBytes() >= SegmentSpace.MOST_REGIONS) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "a segment has at most " + SegmentSpace.MOST_REGIONS + " regions; make them larger than "
                            + offer.regionBytes() + " bytes");
        }
        if (offer.sizeBytes() % RegionAllocator.ALIGNMENT_BYTES != 0
                || offer.regionBytes() % RegionAllocator.ALIGNMENT_BYTES != 0) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "segment and region sizes are multiples of " + RegionAllocator.ALIGNMENT_BYTES + " bytes, not "
                            + offer.sizeBytes() + " and " + offer.regionBytes());
        }
        if (offer.address().host().isEmpty()
                || offer.address().dataPort() <= 0
                || offer.address().dataPort() > 65_535) {
            throw new StoreException(ErrorCode.INVALID_PARAMS, "no usable address: " + offer.address());
        }
        if (offer.name().isEmpty()) {
            throw new StoreException(ErrorCode.INVALID_PARAMS, "the segment has no name");
        }
        // every answer about its replicas repeats them
        shortEnough("name", offer.name());
        shortEnough("host", offer.address().host());
        shortEnough("host id", offer.hostId());
    }

    private static void shortEnough(String what, String text) {
        if (text.length() > MAX_TEXT_CHARS) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "the segment's " + what + " has " + text.length() + " characters; at most " + MAX_TEXT_CHARS
                            + " are allowed");
        }
    }

    /**
     * The node lives.
     *
     * @throws StoreException SEGMENT_NOT_FOUND if the segment is not mounted by this process (any more)
     */
    public Segment heard(UUID segmentId, long processNonce, long nowNanos) {
        Segment segment = core.segmentTable.find(segmentId);
        if (segment == null || !segment.heard(processNonce, nowNanos)) {
            throw new StoreException(
                    ErrorCode.SEGMENT_NOT_FOUND, "segment " + segmentId + " is not mounted by this process");
        }
        return segment;
    }

    /** The node follows this leader: it has cut all writers of earlier terms. */
    public void adopted(Segment segment) {
        segment.adopt();
    }

    /** The node cut every session of the client up to the generation, and none of their threads copies any more. */
    public void confirmCut(Segment segment, UUID client, long generation) {
        segment.confirmCut(client, generation);
        core.counters.sessionsCut.increment();
        LOG.info("{} cut the sessions of client {} up to generation {}", segment.name(), client, generation);
    }

    /** The cuts that the node has not confirmed. */
    public List<SessionLedger.Cut> cutsFor(Segment segment, long nowNanos) {
        return segment.orderedCuts(nowNanos);
    }

    /** The node stops and keeps its memory. */
    public synchronized void suspend(UUID segmentId, long processNonce, Commit commit) {
        Segment segment = core.segmentTable.find(segmentId);
        if (segment == null || !segment.suspend(processNonce)) {
            throw new StoreException(
                    ErrorCode.SEGMENT_NOT_FOUND, "segment " + segmentId + " is not mounted by this process");
        }
        commit.upTo(core.log.append(new Change.SegmentMounted(
                segmentId,
                segment.name(),
                segment.hostId(),
                segment.sizeBytes(),
                segment.regionBytes(),
                Segment.Address.NOWHERE)));
        LOG.info("segment {} ({}) is suspended: its content is kept", segment.name(), segment.id());
    }

    /** The node stops for good. Leaving twice is harmless. May take long: every object is visited. */
    public void leave(UUID segmentId, long processNonce, Commit commit, long nowNanos) {
        Segment segment;
        synchronized (this) {
            segment = core.segmentTable.find(segmentId);
            if (segment == null || segment.address().processNonce() != processNonce) {
                commit.upTo(core.log.lastSequence());
                return;
            }
            commit.upTo(drop(segment, "it left"));
        }
        core.removals().dropLost(nowNanos);
    }

    /** By the master's sweep. */
    void sweep(long nowNanos) {
        boolean lost = false;
        synchronized (this) {
            long gap = nowNanos - sweptNanos;
            sweptNanos = nowNanos;
            long pausedNanos = gap > PAUSE_NANOS ? gap : 0;
            for (Segment segment : core.segmentTable.all()) {
                Segment.State before = segment.state();
                if (segment.sweep(core.times(), pausedNanos, nowNanos)) {
                    drop(segment, "it was silent for too long");
                    lost = true;
                } else if (segment.state() != before) {
                    LOG.warn(
                            "segment {} ({}) went from {} to {}",
                            segment.name(),
                            segment.id(),
                            before,
                            segment.state());
                }
            }
        }
        // Not under the monitor that mounts and sweeps need: it visits every object.
        if (lost) {
            core.removals().dropLost(nowNanos);
        }
    }

    /** Whoever holds a shard sees a segment dropped, or is done before the journal says so. */
    private long drop(Segment segment, String why) {
        Change.SegmentDropped change = new Change.SegmentDropped(segment.id());
        core.objects.exclusively(() -> {
            core.log.append(change);
            core.durable.apply(change);
        });
        core.corruption().forget(segment);
        core.counters.segmentsDropped.increment();
        LOG.info("segment {} ({}) is dropped: {}", segment.name(), segment.id(), why);
        return core.log.lastSequence();
    }
}
