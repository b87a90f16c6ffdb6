package io.mooncake4j.transfer.rdma.connect;

import io.mooncake4j.transfer.rdma.verbs.QueuePair;
import io.mooncake4j.transfer.wire.Deadline;
import java.io.IOException;
import java.util.List;

/** A client's queue pairs to one node, from before they are connected. One thread at a time. */
public interface OutgoingLink extends AutoCloseable {
    /** Tells the node something once it has made its offer. */
    interface Voice {
        void say(byte[] word) throws IOException;
    }

    /** What the node is told with the token, before it makes an offer. */
    byte[] request() throws IOException;

    /**
     * Connects the queue pairs of the offer; blocks until the deadline at the longest.
     *
     * @param node to be told how it went, where the way wants that
     * @throws IOException if the node, the way to it or our side says no; the message says why and what to do
     * @throws io.mooncake4j.transfer.wire.StoreException TRANSFER_FAIL if the thread is interrupted
     */
    void connect(byte[] offer, Voice node, Deadline deadline) throws IOException;

    /**
     * After a failure, of the node's or of {@link #connect}: whether it is worth while to ask the node anew at once. What
     * was made is destroyed then.
     */
    boolean again(Exception failure) throws IOException;

    /** In the order of their numbers at the node. */
    List<QueuePair> queuePairs();

    /**
     * Destroys all of it. Idempotent.
     *
     * @throws IOException if a queue pair can't be destroyed: memory that it uses must not be used for anything else
     */
    @Override
    void close() throws IOException;
}
