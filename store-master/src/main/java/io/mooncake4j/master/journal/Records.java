package io.mooncake4j.master.journal;

import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.Extent;
import io.mooncake4j.master.placement.RegionAllocator;
import io.mooncake4j.master.placement.Replica;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.master.placement.SegmentSpace;
import io.mooncake4j.master.placement.Tenant;
import java.util.UUID;

/**
 * One change as bytes: a type, then its fields in the order of {@link Change}. The tenant "default" is the empty text. A
 * reader that meets an unknown type stops.
 */
final class Records {
    private static final int OBJECT_PLACED = 1;
    private static final int OBJECT_REMOVED = 2;
    private static final int SEGMENT_MOUNTED = 3;
    private static final int SEGMENT_DROPPED = 4;
    private static final int TERM_OPENED = 5;
    private static final int HANDED_OVER = 6;

    private static final int HARD_PINNED = 1;
    /** Extents begin at multiples of this. */
    private static final int OFFSET_UNIT = RegionAllocator.ALIGNMENT_BYTES;

    private Records() {}

    static void write(Encoder out, Change change) {
        if (change instanceof Change.ObjectPlaced placed) {
            out.u8(OBJECT_PLACED);
            object(
                    out,
                    placed.tenant(),
                    placed.key(),
                    placed.objectId(),
                    placed.sizeBytes(),
                    placed.checksum(),
                    placed.hardPinned());
            out.variable(placed.replicas().length);
            for (Change.PlacedReplica replica : placed.replicas()) {
                out.segment(replica.segmentId());
                out.variable(replica.extents().length);
                for (Extent extent : replica.extents()) {
                    extent(out, extent.region(), extent.offset(), extent.lengthBytes());
                }
            }
        } else if (change instanceof Change.ObjectRemoved removed) {
            out.u8(OBJECT_REMOVED);
            tenant(out, removed.tenant());
            out.blob(removed.key());
            out.u64(removed.objectId());
        } else if (change instanceof Change.SegmentMounted mounted) {
            out.u8(SEGMENT_MOUNTED);
            segment(out, mounted);
        } else if (change instanceof Change.SegmentDropped dropped) {
            out.u8(SEGMENT_DROPPED);
            out.uuid(dropped.segmentId());
        } else if (change instanceof Change.TermOpened term) {
            out.u8(TERM_OPENED);
            out.variable(term.revision());
            out.variable(term.longestReadLeaseNanos());
        } else if (change instanceof Change.HandedOver handedOver) {
            out.u8(HANDED_OVER);
            out.variable(handedOver.leaseLeftNanos());
        }
    }

    static Change read(Decoder in) {
        int type = in.u8();
        return switch (type) {
            case OBJECT_PLACED -> object(in);
            case OBJECT_REMOVED -> new Change.ObjectRemoved(tenant(in), in.blob(), in.u64());
            case SEGMENT_MOUNTED -> segment(in);
            case SEGMENT_DROPPED -> new Change.SegmentDropped(in.uuid());
            case TERM_OPENED -> new Change.TermOpened(in.variable(), in.variable());
            case HANDED_OVER -> new Change.HandedOver(in.variable());
            default -> throw in.newer("it has a record of type " + type + ", which this version does not know");
        };
    }

    /** An object as a bucket has it: as a record without its type. */
    static void object(
            Encoder out,
            String tenant,
            byte[] key,
            long objectId,
            long sizeBytes,
            long checksum,
            boolean hardPinned,
            Replica[] replicas) {
        object(out, tenant, key, objectId, sizeBytes, checksum, hardPinned);
        out.variable(replicas.length);
        for (Replica replica : replicas) {
            out.segment(replica.segment().id());
            out.variable(replica.extentCount());
            for (int i = 0; i < replica.extentCount(); i++) {
                extent(out, replica.region(i), replica.offset(i), replica.lengthBytes(i));
            }
        }
    }

    private static void object(
            Encoder out, String tenant, byte[] key, long objectId, long sizeBytes, long checksum, boolean hardPinned) {
        tenant(out, tenant);
        out.blob(key);
        out.u64(objectId);
        out.variable(sizeBytes);
        out.variable(checksum);
        out.u8(hardPinned ? HARD_PINNED : 0);
    }

    static Change.ObjectPlaced object(Decoder in) {
        String tenant = tenant(in);
        byte[] key = in.blob();
        long objectId = in.u64();
        long sizeBytes = in.variable();
        long checksum = in.variable();
        boolean hardPinned = (in.u8() & HARD_PINNED) != 0;
        Change.PlacedReplica[] replicas = new Change.PlacedReplica[in.count()];
        for (int i = 0; i < replicas.length; i++) {
            UUID segment = in.segment();
            Extent[] extents = new Extent[in.count()];
            if (extents.length == 0) {
                throw in.damaged("a replica without extents");
            }
            for (int j = 0; j < extents.length; j++) {
                extents[j] = extent(in);
            }
            replicas[i] = new Change.PlacedReplica(segment, extents);
        }
        return new Change.ObjectPlaced(tenant, key, objectId, sizeBytes, checksum, hardPinned, replicas);
    }

    private static Extent extent(Decoder in) {
        long region = in.variable();
        long units = in.variable();
        long lengthBytes = in.variable();
        if (region < 0
                || region > Integer.MAX_VALUE
                || units < 0
                || units > Long.MAX_VALUE / OFFSET_UNIT
                || lengthBytes < 1) {
            throw in.damaged("an extent of " + lengthBytes + " bytes in region " + region);
        }
        return new Extent((int) region, units * OFFSET_UNIT, lengthBytes);
    }

    static void segment(Encoder out, Change.SegmentMounted mounted) {
        out.uuid(mounted.segmentId());
        out.text(mounted.name());
        out.text(mounted.hostId());
        out.variable(mounted.sizeBytes());
        out.variable(mounted.regionBytes());
        out.text(mounted.address().host());
        out.variable(mounted.address().dataPort());
        out.u64(mounted.address().processNonce());
    }

    static Change.SegmentMounted segment(Decoder in) {
        Change.SegmentMounted mounted = new Change.SegmentMounted(
                in.uuid(),
                in.text(),
                in.text(),
                in.variable(),
                in.variable(),
                new Segment.Address(in.text(), (int) in.variable(), in.u64()));
        if (!SegmentSpace.possible(mounted.sizeBytes(), mounted.regionBytes())) {
            throw in.damaged("a segment of " + mounted.sizeBytes() + " bytes in regions of " + mounted.regionBytes());
        }
        return mounted;
    }

    private static void extent(Encoder out, int region, long offset, long lengthBytes) {
        out.variable(region);
        out.variable(offset / OFFSET_UNIT);
        out.variable(lengthBytes);
    }

    private static void tenant(Encoder out, String tenant) {
        out.text(tenant.equals(Tenant.DEFAULT_NAME) ? "" : tenant);
    }

    private static String tenant(Decoder in) {
        String name = in.text();
        return name.isEmpty() ? Tenant.DEFAULT_NAME : name;
    }
}
