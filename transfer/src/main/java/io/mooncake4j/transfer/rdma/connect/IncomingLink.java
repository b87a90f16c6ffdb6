package io.mooncake4j.transfer.rdma.connect;

import io.mooncake4j.transfer.rdma.verbs.QueuePair;
import java.io.IOException;

/** The queue pairs of one session at a node. The session's thread owns it. */
public interface IncomingLink extends AutoCloseable {
    /** What the client says once it was told the offer. */
    interface Words {
        byte[] next() throws IOException;
    }

    int queuePairs();

    /** What the client must know to come. */
    byte[] offer();

    /**
     * Waits until all queue pairs are connected and both sides know.
     *
     * @throws IOException if one failed, or it was abandoned
     * @throws io.mooncake4j.transfer.wire.StoreException RPC_TIMEOUT
     */
    void awaitEstablished(Words client) throws IOException;

    /** By the number that the client knows it by, from 0; to be used between {@link #awaitEstablished} and close. */
    QueuePair queuePair(int index);

    /** Makes {@link #awaitEstablished} fail. Any thread. */
    void abandon();

    /**
     * Destroys all queue pairs: when it returns, the client reaches no memory by them. Tries as long as that takes, since
     * memory is reused on its word (S2). Idempotent.
     */
    @Override
    void close();
}
