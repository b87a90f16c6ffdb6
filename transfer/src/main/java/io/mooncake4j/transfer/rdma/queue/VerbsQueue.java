package io.mooncake4j.transfer.rdma.queue;

import io.mooncake4j.transfer.rdma.verbs.QueuePair;
import java.io.IOException;

/** A queue pair of a device as a {@link WorkQueue}. */
public record VerbsQueue(QueuePair pair) implements WorkQueue {
    @Override
    public void stageRead(
            long wrId,
            long localAddress,
            int localKey,
            int lengthBytes,
            long remoteAddress,
            int remoteKey,
            boolean signalled) {
        pair.stageRead(wrId, localAddress, localKey, lengthBytes, remoteAddress, remoteKey, signalled);
    }

    @Override
    public void stageWrite(
            long wrId,
            long localAddress,
            int localKey,
            int lengthBytes,
            long remoteAddress,
            int remoteKey,
            boolean signalled,
            boolean inline) {
        pair.stageWrite(wrId, localAddress, localKey, lengthBytes, remoteAddress, remoteKey, signalled, inline);
    }

    @Override
    public void post() throws IOException {
        pair.post();
    }

    @Override
    public int posted() {
        return pair.posted();
    }

    @Override
    public void toError() throws IOException {
        pair.toError();
    }

    @Override
    public void destroy() throws IOException {
        pair.destroy();
    }
}
