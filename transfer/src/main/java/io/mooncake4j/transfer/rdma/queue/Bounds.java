package io.mooncake4j.transfer.rdma.queue;

import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.nio.ByteBuffer;

/** Keeps operations within what their token grants, which no node does where its processor sees no request. */
final class Bounds {
    private final QueueLink link;

    Bounds(QueueLink link) {
        this.link = link;
    }

    /** Whether the operation lies in its range, and that in its region; if not, the operation fails as NEVER_SENT. */
    boolean allow(AccessToken token, TransferOp op) {
        int range = op.range();
        if (range < 0 || range >= token.rangeCount()) {
            return refuse(op, "range " + range + " is not one of the token's " + token.rangeCount());
        }
        int region = token.regions()[range];
        long granted = token.lengths()[range];
        if (region < 0
                || region >= link.regions()
                || !within(token.offsets()[range], granted, link.regionBytes(region))) {
            return refuse(op, "range " + range + " of the token lies outside the node's regions");
        }
        if (!within(op.offsetInRange(), op.lengthBytes(), granted)) {
            return refuse(
                    op,
                    op.lengthBytes() + " bytes at " + op.offsetInRange() + " lie outside the " + granted
                            + " bytes of range " + range);
        }
        if (token.mode() == AccessToken.Mode.READ) {
            for (ByteBuffer buffer : op.buffers()) {
                if (buffer.isReadOnly()) {
                    return refuse(op, "a buffer to read into is read-only");
                }
            }
        }
        return true;
    }

    private static boolean within(long offset, long length, long size) {
        return offset >= 0 && length >= 0 && length <= size && offset <= size - length;
    }

    private static boolean refuse(TransferOp op, String why) {
        op.failed(Outcome.NEVER_SENT, ErrorCode.INVALID_PARAMS, why);
        return false;
    }
}
