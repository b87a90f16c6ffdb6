package io.mooncake4j.transfer.rdma.cm;

import io.mooncake4j.transfer.rdma.verbs.CmEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What rdma_cm can be asked while one queue pair is connected; each but the second is answered by an event. */
interface ConnectSteps {
    void resolveAddress(int millis) throws IOException;

    void createQueuePair() throws IOException;

    void resolveRoute(int millis) throws IOException;

    void connect(byte[] privateData) throws IOException;

    /** The next event of this queue pair, or null when time ran out. */
    @Nullable
    CmEvent next(int millis) throws IOException;
}
