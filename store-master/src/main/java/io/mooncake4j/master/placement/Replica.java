package io.mooncake4j.master.placement;

/** One full copy of an object: the extents, in order, that hold it in one segment. Immutable. */
public record Replica(Segment segment, Extent[] extents) {
    static final Replica[] NONE = {};
}
