package io.mooncake4j.client;

import io.mooncake4j.transfer.engine.SegmentTransfer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one run of the engine, under the tokens of one answer. So small that tokens outlast it: a long
 * transfer is many waves, and later ones use renewed tokens.
 */
final class Wave {
    static final long MAX_BYTES = 32L << 20;
    static final long MAX_OP_BYTES = 8L << 20;

    private final PlacementTable placements;
    private final long maxBytes;
    private final long maxOpBytes;
    private final @Nullable List<ValueOp>[] opsBySegment;
    private long bytes;

    Wave(PlacementTable placements) {
        this(placements, MAX_BYTES, MAX_OP_BYTES);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    Wave(PlacementTable placements, long maxBytes, long maxOpBytes) {
        this.placements = placements;
        this.maxBytes = maxBytes;
        this.maxOpBytes = maxOpBytes;
        this.opsBySegment = new List[placements.segmentCount()];
    }

    /**
     * How many of a value's remaining bytes go into this wave, to each of so many replicas: all if they fit, what fits
     * if the wave is empty, else none, so that values of the usual sizes are moved in one piece.
     */
    long claim(long remaining, int replicas) {
        long claimed = remaining;
        if (remaining > (maxBytes - bytes) / replicas) {
            if (bytes > 0) {
                return 0;
            }
            claimed = Math.min(remaining, Math.max(maxBytes / replicas, maxOpBytes));
        }
        bytes += claimed * replicas;
        return claimed;
    }

    /**
     * Adds the operations that move a run of a value to or from a replica, to this wave and to the list.
     *
     * @param number of the replica among those of its object, for the operations to remember
     * @param sum whether an operation that moves the whole value computes its checksum
     */
    void add(int replica, int number, ValueBytes value, long from, long length, boolean sum, List<ValueOp> ops) {
        long to = from + length;
        long extentStart = 0;
        for (int e = placements.firstExtent(replica); e < placements.endExtent(replica) && extentStart < to; e++) {
            long extentEnd = extentStart + placements.lengthBytes(e);
            long end = Math.min(to, extentEnd);
            for (long at = Math.max(from, extentStart); at < end; ) {
                long opBytes = Math.min(maxOpBytes, end - at);
                ValueOp op = new ValueOp(
                        number,
                        placements.range(e),
                        at - extentStart,
                        sum && opBytes == value.sizeBytes() ? value : null,
                        value.views(at, opBytes));
                segmentOps(placements.segment(e)).add(op);
                ops.add(op);
                at += opBytes;
            }
            extentStart = extentEnd;
        }
    }

    long bytes() {
        return bytes;
    }

    List<SegmentTransfer> transfers() {
        List<SegmentTransfer> transfers = new ArrayList<>(opsBySegment.length);
        for (int i = 0; i < opsBySegment.length; i++) {
            List<ValueOp> ops = opsBySegment[i];
            if (ops != null) {
                transfers.add(new SegmentTransfer(placements.target(i), ops));
            }
        }
        return transfers;
    }

    private List<ValueOp> segmentOps(int segment) {
        List<ValueOp> ops = opsBySegment[segment];
        if (ops == null) {
            ops = new ArrayList<>();
            opsBySegment[segment] = ops;
        }
        return ops;
    }
}
