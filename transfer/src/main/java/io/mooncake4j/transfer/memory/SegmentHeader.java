package io.mooncake4j.transfer.memory;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Says whose content a segment's file holds (S6). The inode is part of it because a copy of the file would be a second
 * content under the same id.
 */
record SegmentHeader(
        int layoutVersion,
        UUID segmentId,
        @Nullable UUID clusterId,
        UUID bootId,
        long inode,
        long sizeBytes,
        long regionBytes,
        Told told) {
    /**
     * The highest sequence of its journal that a master ever said is durable, and the epoch's revision in which it said so;
     * zeros: none.
     */
    record Told(long revision, long sequence) {
        static final Told NOTHING = new Told(0, 0);
    }

    static final int BYTES = 4096;
    static final int LAYOUT_VERSION = 2;
    private static final long MAGIC = 0x4d434b344a534547L; // "MCK4JSEG"
    private static final int CRC_AT = 8;
    private static final int FIELDS_AT = 16;
    private static final int FIELDS_BYTES = 4 + 4 + 3 * 16 + 5 * 8;
    private static final UUID NO_CLUSTER = new UUID(0, 0);

    SegmentHeader withCluster(UUID cluster) {
        return new SegmentHeader(layoutVersion, segmentId, cluster, bootId, inode, sizeBytes, regionBytes, told);
    }

    SegmentHeader withTold(Told news) {
        return new SegmentHeader(layoutVersion, segmentId, clusterId, bootId, inode, sizeBytes, regionBytes, news);
    }

    /** For no content, under a new id. */
    SegmentHeader renewed(UUID newId) {
        return new SegmentHeader(layoutVersion, newId, null, bootId, inode, sizeBytes, regionBytes, Told.NOTHING);
    }

    /** Whoever dies in here leaves a page without its magic: no header. */
    void write(ByteBuffer page) {
        erase(page);
        ByteBuffer fields = page.slice(FIELDS_AT, FIELDS_BYTES);
        fields.putInt(layoutVersion).putInt(0);
        putUuid(fields, segmentId);
        putUuid(fields, clusterId == null ? NO_CLUSTER : clusterId);
        putUuid(fields, bootId);
        fields.putLong(inode).putLong(sizeBytes).putLong(regionBytes);
        fields.putLong(told.revision()).putLong(told.sequence());
        page.putLong(CRC_AT, crc(page));
        VarHandle.fullFence();
        page.putLong(0, MAGIC);
    }

    static void erase(ByteBuffer page) {
        page.putLong(0, 0);
        VarHandle.fullFence();
    }

    /** The page's header; empty if there is none or it is damaged. */
    static Optional<SegmentHeader> read(ByteBuffer page) {
        if (page.getLong(0) != MAGIC || page.getLong(CRC_AT) != crc(page)) {
            return Optional.empty();
        }
        ByteBuffer fields = page.slice(FIELDS_AT, FIELDS_BYTES);
        int version = fields.getInt();
        fields.getInt();
        UUID segment = getUuid(fields);
        UUID cluster = getUuid(fields);
        UUID boot = getUuid(fields);
        return Optional.of(new SegmentHeader(
                version,
                segment,
                cluster.equals(NO_CLUSTER) ? null : cluster,
                boot,
                fields.getLong(),
                fields.getLong(),
                fields.getLong(),
                new Told(fields.getLong(), fields.getLong())));
    }

    /** Why content under this header can't be kept by who expects the other; empty if it can. */
    Optional<String> mismatch(SegmentHeader expected) {
        if (layoutVersion != expected.layoutVersion) {
            return Optional.of("its layout version is " + layoutVersion + ", this build's " + expected.layoutVersion);
        }
        if (!bootId.equals(expected.bootId)) {
            return Optional.of("it was written before the last boot");
        }
        if (inode != expected.inode) {
            return Optional.of("it is a copy of another file");
        }
        if (sizeBytes != expected.sizeBytes) {
            return Optional.of("its size is " + sizeBytes + ", wanted is " + expected.sizeBytes);
        }
        if (regionBytes != expected.regionBytes) {
            return Optional.of("its region size is " + regionBytes + ", wanted is " + expected.regionBytes);
        }
        return Optional.empty();
    }

    private static long crc(ByteBuffer page) {
        CRC32C crc = new CRC32C();
        crc.update(page.slice(FIELDS_AT, FIELDS_BYTES));
        return crc.getValue();
    }

    private static void putUuid(ByteBuffer out, UUID id) {
        out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    private static UUID getUuid(ByteBuffer in) {
        return new UUID(in.getLong(), in.getLong());
    }
}
