package io.mooncake4j.transfer.rdma.queue;

import java.io.IOException;

/**
 * The send side of one reliably connected queue pair. Requests take effect at the peer in the order in which they were
 * posted, and complete in it. One thread at a time.
 */
public interface WorkQueue {
    /** Prepares a read of the peer's memory into ours, for the next {@link #post}. */
    void stageRead(
            long wrId,
            long localAddress,
            int localKey,
            int lengthBytes,
            long remoteAddress,
            int remoteKey,
            boolean signalled);

    /** Prepares a write of our memory into the peer's. Inline: the bytes are taken when it is posted. */
    void stageWrite(
            long wrId,
            long localAddress,
            int localKey,
            int lengthBytes,
            long remoteAddress,
            int remoteKey,
            boolean signalled,
            boolean inline);

    /** Posts all that is staged, in order; nothing is staged afterwards. */
    void post() throws IOException;

    /** How many requests the last {@link #post} handed to the device at most, from the first on: all unless it failed. */
    int posted();

    /** Makes the device give up what is outstanding: it completes soon, as failed. */
    void toError() throws IOException;

    /** Once it has returned the device touches no memory for this queue any more. May be called again. */
    void destroy() throws IOException;
}
