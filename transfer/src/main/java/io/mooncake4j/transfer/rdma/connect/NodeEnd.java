package io.mooncake4j.transfer.rdma.connect;

import java.io.IOException;

/** A node's end of a way to connect queue pairs: lets in clients whose token was verified. Safe for all threads. */
public interface NodeEnd extends AutoCloseable {
    /**
     * Lets so many queue pairs of one client in.
     *
     * @param request what the client said with its token, see {@link OutgoingLink#request}
     * @param broken called when one has ended; doesn't block
     * @throws io.mooncake4j.transfer.wire.StoreException with the reason: NOT_SUPPORTED if the client comes another way or
     *     the device is gone, PROTOCOL_MISMATCH, TRANSFER_FAIL, OVERLOADED
     */
    IncomingLink admit(int queuePairs, byte[] request, Runnable broken);

    /** How many queue pairs there are. */
    int queuePairs();

    /** Whether its device is gone. */
    boolean isLost();

    /** To be called when all links are closed. */
    @Override
    void close() throws IOException;
}
