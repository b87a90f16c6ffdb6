package io.mooncake4j.transfer.rdma.queue;

/** How a run ended. */
public enum PathEnd {
    /** Everything was moved, except for operations outside the token or the node's regions. */
    COMPLETE,
    /** There was no memory to copy through; nothing was posted, and the link is as good as before. */
    NO_STAGING,
    /** The queues failed and are destroyed. */
    LINK_FAILED,
    /** The deadline came; the queues are destroyed. */
    OVERDUE,
    /** It was told to stop; the queues are destroyed. */
    STOPPED,
    /** The calling thread was interrupted; the queues are destroyed. */
    INTERRUPTED;

    /** Whether the link may be used again. */
    public boolean keepsLink() {
        return this == COMPLETE || this == NO_STAGING;
    }
}
