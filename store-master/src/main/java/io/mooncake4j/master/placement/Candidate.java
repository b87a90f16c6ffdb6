package io.mooncake4j.master.placement;

/** What a placement strategy may know of a segment. Read without locks: a value may be a moment old. */
public interface Candidate {
    /** Not unique: the segments of one node may share a name. */
    String name();

    /** Names the machine; empty or a loopback name if unknown. */
    String hostId();

    long capacityBytes();

    long freeBytes();

    /** Whether new extents may be put there now. */
    boolean usable();
}
