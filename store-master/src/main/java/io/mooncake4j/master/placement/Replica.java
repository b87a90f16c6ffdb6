package io.mooncake4j.master.placement;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The extents, in order, that hold one full copy of an object. Most have one, which then needs no array. Immutable. */
public final class Replica {
    static final Replica[] NONE = {};

    private static final Extent[] NO_MORE = {};

    private final Segment segment;
    private final Extent first;
    private final Extent[] more;

    /** @param extents one at least */
    Replica(Segment segment, Extent[] extents) {
        this.segment = segment;
        this.first = extents[0];
        this.more = extents.length == 1 ? NO_MORE : Arrays.copyOfRange(extents, 1, extents.length);
    }

    public Segment segment() {
        return segment;
    }

    public int extentCount() {
        return 1 + more.length;
    }

    public Extent extent(int index) {
        return index == 0 ? first : more[index - 1];
    }

    /** All of them, in an array of the caller's own. */
    public Extent[] extents() {
        Extent[] all = new Extent[extentCount()];
        all[0] = first;
        System.arraycopy(more, 0, all, 1, more.length);
        return all;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Replica that
                && segment == that.segment
                && first.equals(that.first)
                && Arrays.equals(more, that.more);
    }

    @Override
    public int hashCode() {
        return 31 * segment.hashCode() + first.hashCode();
    }
}
