package io.mooncake4j.master.placement;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The extents, in order, that hold one full copy of an object. Most have one: its numbers are kept here, and need
 * neither an array nor an object of their own. Immutable.
 */
public final class Replica {
    static final Replica[] NONE = {};

    private static final Extent[] NO_MORE = {};

    private final Segment segment;
    private final int firstRegion;
    private final long firstOffset;
    private final long firstLengthBytes;
    private final Extent[] more;

    /** @param extents one at least */
    Replica(Segment segment, Extent[] extents) {
        this.segment = segment;
        this.firstRegion = extents[0].region();
        this.firstOffset = extents[0].offset();
        this.firstLengthBytes = extents[0].lengthBytes();
        this.more = extents.length == 1 ? NO_MORE : Arrays.copyOfRange(extents, 1, extents.length);
    }

    public Segment segment() {
        return segment;
    }

    public int extentCount() {
        return 1 + more.length;
    }

    /** The region of one of the extents. */
    public int region(int index) {
        return index == 0 ? firstRegion : more[index - 1].region();
    }

    /** The offset of one of the extents. */
    public long offset(int index) {
        return index == 0 ? firstOffset : more[index - 1].offset();
    }

    /** The length of one of the extents. */
    public long lengthBytes(int index) {
        return index == 0 ? firstLengthBytes : more[index - 1].lengthBytes();
    }

    /** All of them, in an array of the caller's own. */
    public Extent[] extents() {
        Extent[] all = new Extent[extentCount()];
        all[0] = new Extent(firstRegion, firstOffset, firstLengthBytes);
        System.arraycopy(more, 0, all, 1, more.length);
        return all;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Replica that
                && segment == that.segment
                && firstRegion == that.firstRegion
                && firstOffset == that.firstOffset
                && firstLengthBytes == that.firstLengthBytes
                && Arrays.equals(more, that.more);
    }

    @Override
    public int hashCode() {
        return 31 * segment.hashCode() + 31 * firstRegion + Long.hashCode(firstOffset);
    }
}
