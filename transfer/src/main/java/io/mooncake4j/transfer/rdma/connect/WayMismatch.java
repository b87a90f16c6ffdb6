package io.mooncake4j.transfer.rdma.connect;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client that comes another way than its node; said at both ends. */
public final class WayMismatch {
    private static final Logger LOG = LoggerFactory.getLogger(WayMismatch.class);

    private WayMismatch() {}

    /** What the client is to be told; the log has it when this returns. */
    public static StoreException of(ConnectWay ofNode) {
        String text = "the ends are in different modes: this node connects queue pairs " + ofNode.text()
                + ", its client " + ofNode.other().text()
                + "; give both the same MC_ERDMA_COMPAT_MODE, and with auto the same compat_mode of the driver"
                + " (/sys/module/erdma/parameters/compat_mode)";
        LOG.warn("a client was refused RDMA: {}", text);
        return new StoreException(ErrorCode.NOT_SUPPORTED, text);
    }
}
