package io.mooncake4j.master.journal;

import io.mooncake4j.master.placement.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The segments and the term, as the records up to some number leave them. Written with every record that changes it, so
 * that it is always that of the head. Not thread-safe.
 */
public final class SegmentsValue {
    /**
     * A mount that arrives late must not revive a dropped segment. Content under an id that is not mounted is refused
     * whether or not the drop is remembered, so what is forgotten after so many others is only that an empty one was once
     * dropped: the process that would come with it has taken another id long since, and refuses tokens for this one.
     */
    static final int DROPPED_KEPT = 4096;

    /** etcd takes 1.5 MiB a request by default. */
    private static final int LARGEST_BYTES = 1 << 20;

    private long sequence;
    private final Map<UUID, Change.SegmentMounted> mounted = new LinkedHashMap<>();
    private final Set<UUID> dropped = new LinkedHashSet<>();
    private Change.TermOpened term = new Change.TermOpened(0, 0);
    private long handedOverAt;
    private long leaseLeftNanos;
    private byte @Nullable [] encoded;

    /** Whether records of this kind change it. */
    static boolean takes(Change change) {
        return !(change instanceof Change.ObjectPlaced || change instanceof Change.ObjectRemoved);
    }

    void apply(Change change, long changeSequence) {
        if (change instanceof Change.SegmentMounted segment) {
            mounted.put(segment.segmentId(), segment);
        } else if (change instanceof Change.SegmentDropped drop) {
            mounted.remove(drop.segmentId());
            dropped.add(drop.segmentId());
            if (dropped.size() > DROPPED_KEPT) {
                dropped.remove(dropped.iterator().next());
            }
        } else if (change instanceof Change.TermOpened opened) {
            term = opened;
        } else if (change instanceof Change.HandedOver handedOver) {
            handedOverAt = changeSequence;
            leaseLeftNanos = handedOver.leaseLeftNanos();
        } else {
            return;
        }
        sequence = changeSequence;
        encoded = null;
    }

    long sequence() {
        return sequence;
    }

    long revision() {
        return term.revision();
    }

    /** What makes an empty state this one. */
    List<Change> changes(long headSequence) {
        List<Change> changes = new ArrayList<>(mounted.values());
        changes.add(term);
        if (handedOverAt == headSequence && headSequence > 0) {
            changes.add(new Change.HandedOver(leaseLeftNanos));
        }
        return changes;
    }

    List<Change.SegmentMounted> mounted() {
        return List.copyOf(mounted.values());
    }

    List<UUID> dropped() {
        return List.copyOf(dropped);
    }

    /** Why it can't be mounted, or moved, or null. */
    @Nullable
    String refusal(Change.SegmentMounted segment) {
        Change.SegmentMounted before = mounted.get(segment.segmentId());
        int growth = bytes(segment) - (before == null ? 0 : bytes(before));
        return growth <= 0 || bytes() + growth <= LARGEST_BYTES
                ? null
                : "the cluster has " + mounted.size() + " segments, which take " + bytes() + " of " + LARGEST_BYTES
                        + " bytes of one etcd value; no more can be mounted: mount fewer and larger segments, or run a"
                        + " second cluster";
    }

    private static int bytes(Change.SegmentMounted segment) {
        Encoder out = new Encoder(256);
        Records.segment(out, segment);
        return out.length();
    }

    /** How long the value is. */
    int bytes() {
        return encode().length;
    }

    /** The value; not to be changed. */
    byte[] encode() {
        if (encoded == null) {
            Encoder out = Envelope.SEGMENTS.start(256);
            out.u64(sequence);
            out.variable(term.revision());
            out.variable(term.longestReadLeaseNanos());
            out.variable(handedOverAt);
            out.variable(leaseLeftNanos);
            out.variable(mounted.size());
            mounted.values().forEach(segment -> Records.segment(out, segment));
            out.variable(dropped.size());
            dropped.forEach(out::uuid);
            encoded = Envelope.seal(out);
        }
        return encoded;
    }

    static SegmentsValue decode(byte[] value) {
        Decoder in = Envelope.SEGMENTS.open(Keys.SEGMENTS, value);
        SegmentsValue segments = new SegmentsValue();
        segments.sequence = in.u64();
        segments.term = new Change.TermOpened(in.variable(), in.variable());
        segments.handedOverAt = in.variable();
        segments.leaseLeftNanos = in.variable();
        int count = in.count();
        for (int i = 0; i < count; i++) {
            Change.SegmentMounted segment = Records.segment(in);
            segments.mounted.put(segment.segmentId(), segment);
        }
        int gone = in.count();
        for (int i = 0; i < gone; i++) {
            segments.dropped.add(in.uuid());
        }
        if (!in.atEnd()) {
            throw in.damaged("there is more than its segments");
        }
        return segments;
    }
}
