package io.mooncake4j.transfer.tcp;

import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.Transport;
import io.mooncake4j.transfer.wire.Deadline;

/** The client's side of transfers over TCP. */
public final class TcpTransport implements Transport {
    public TcpTransport(TcpTransportOptions options) {}

    @Override
    public String name() {
        return "tcp";
    }

    @Override
    public void run(SegmentTransfer transfer, Deadline deadline) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
