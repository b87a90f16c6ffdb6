package io.mooncake4j.transfer.rdma.connect;

import java.io.IOException;

/** A client's end of a way to connect queue pairs. Safe for all threads. */
public interface ClientEnd {
    /** A link without any connected queue pair yet, which the caller closes. */
    OutgoingLink begin(QueueShape shape, int queuePairs) throws IOException;
}
