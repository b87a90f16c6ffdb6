package io.mooncake4j.transfer.rdma.queue;

/** The queues to one node and the node's memory, as a {@link LinkPath} uses them. One thread at a time. */
public interface QueueLink {
    int queues();

    WorkQueue queue(int index);

    /** Of all queues, with room for everything that may be outstanding on them. */
    Completions completions();

    /** How many requests one queue holds. */
    int depth();

    /** Writes of at most so many bytes may be inline. */
    int inlineBytes();

    /** The longest read or write. */
    int maxMessageBytes();

    /** Whether a short message must not cross a page of its sender's memory, see {@link Slices}. */
    boolean cutsAtPages();

    /** How many regions the node's segment has. */
    int regions();

    long regionAddress(int region);

    long regionBytes(int region);

    int regionKey(int region);

    /** Whether the node has ended it; costs one system call. */
    boolean isStale();
}
