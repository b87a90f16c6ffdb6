package io.mooncake4j.transfer.rdma.cm;

import java.io.IOException;

/** A queue pair that a client asks for, as rdma_cm brings it. One thread at a time; none calls it after it is closed. */
interface IncomingId {
    /** Its name in later events. */
    long handle();

    /** Makes the queue pair and lets the client use it; answered by an event. */
    void accept() throws IOException;

    void reject(byte[] privateData) throws IOException;

    /**
     * Destroys the queue pair, then the id.
     *
     * @throws IOException then the client may still reach the memory; may be called again
     */
    void close() throws IOException;
}
