package io.mooncake4j.transfer.metrics;

/** Why operations were left by RDMA to another transport. */
public enum Fallback {
    /** The memory of this process can't be registered. */
    OFF,
    /** The node is left alone for a while, since it could not be reached, or links to it failed. */
    PAUSED,
    /** No link could be opened. */
    NOT_CONNECTED,
    /** The link failed. */
    LINK_FAILED,
    /** The pool had no room to copy buffers through that lie outside it. */
    NO_STAGING,
    /** They reach beyond what was granted, which the node is to say. */
    OUT_OF_BOUNDS
}
