package io.mooncake4j.transfer.rdma.queue;

import java.io.IOException;

/**
 * The completion queue of all queues of a link. Of a request that failed only {@link #wrId} and {@link #status} mean
 * anything. One thread at a time.
 */
public interface Completions {
    /** Fetches what has completed, without waiting; returns how many, which the other methods tell by index. */
    int poll() throws IOException;

    long wrId(int index);

    /** 0 for success. The numbers of failures differ between devices for one cause. */
    int status(int index);

    /** The status, for people. */
    String describe(int index);
}
