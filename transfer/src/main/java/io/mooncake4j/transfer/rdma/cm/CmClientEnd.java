package io.mooncake4j.transfer.rdma.cm;

import io.mooncake4j.transfer.rdma.connect.ClientEnd;
import io.mooncake4j.transfer.rdma.connect.OutgoingLink;
import io.mooncake4j.transfer.rdma.connect.QueueShape;
import java.io.IOException;
import java.net.InetAddress;

/**
 * Connects queue pairs by rdma_cm.
 *
 * @param from the address of the device
 */
public record CmClientEnd(InetAddress from) implements ClientEnd {
    @Override
    public OutgoingLink begin(QueueShape shape, int queuePairs) throws IOException {
        return new CmOutgoingLink(from, shape, queuePairs);
    }
}
