package io.mooncake4j.transfer.tcp;

import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The head of one request as a node reads it: everything but a WRITE's payload. Nothing in it has been verified. */
final class NodeRequest {
    final long id;
    final AccessToken token;
    final AccessToken.Mode mode;
    /** Above 0: an OPEN of so many, without operations. */
    final int lanes;

    final int[] ranges;
    final long[] offsets;
    final long[] lengths;
    /** Of the payload that follows, without overflow. */
    final long payloadBytes;

    private NodeRequest(long id, AccessToken token, AccessToken.Mode mode, int lanes, int ops, ByteBuffer in) {
        this.id = id;
        this.token = token;
        this.mode = mode;
        this.lanes = lanes;
        this.ranges = new int[ops];
        this.offsets = new long[ops];
        this.lengths = new long[ops];
        long total = 0;
        for (int i = 0; i < ops; i++) {
            ranges[i] = in.getInt();
            offsets[i] = in.getLong();
            lengths[i] = in.getLong();
            total += lengths[i];
            if (lengths[i] < 0 || total < 0) {
                throw new StoreException(ErrorCode.INVALID_PARAMS, "an operation of " + lengths[i] + " bytes");
            }
        }
        this.payloadBytes = mode == AccessToken.Mode.WRITE ? total : 0;
    }

    int ops() {
        return ranges.length;
    }

    /**
     * Waits for the head of a request.
     *
     * @throws StoreException PROTOCOL_MISMATCH, INVALID_PARAMS or TOKEN_REFUSED if it is none: the stream is out of step
     */
    static NodeRequest read(SocketInput in) throws IOException {
        ByteBuffer head = in.take(TcpFormat.REQUEST_BYTES);
        int magic = head.getInt();
        int operation = head.getInt();
        long id = head.getLong();
        int tokenBytes = head.getInt();
        int ops = head.getInt();
        boolean open = operation == TcpFormat.OPEN << 24;
        if (magic != TcpFormat.MAGIC || (operation != 0 && operation != 1 << 24 && !open)) {
            throw new StoreException(ErrorCode.PROTOCOL_MISMATCH, "this is no request of the data protocol");
        }
        if (tokenBytes < 0 || tokenBytes > TcpFormat.MAX_TOKEN_BYTES || ops < 1 || ops > TcpFormat.MAX_OPS) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "a token of " + tokenBytes + " bytes and " + ops + " operations; at most "
                            + TcpFormat.MAX_TOKEN_BYTES + " and " + TcpFormat.MAX_OPS + " are allowed");
        }
        ByteBuffer body = takeBody(in, tokenBytes + (open ? 0 : ops * TcpFormat.OP_BYTES));
        int opsAt = body.position() + tokenBytes;
        AccessToken token = AccessToken.decode(body.slice(body.position(), tokenBytes));
        body.position(opsAt);
        if (open) {
            return new NodeRequest(id, token, token.mode(), ops, 0, body);
        }
        AccessToken.Mode mode = operation == 0 ? AccessToken.Mode.READ : AccessToken.Mode.WRITE;
        return new NodeRequest(id, token, mode, 0, ops, body);
    }

    private static ByteBuffer takeBody(SocketInput in, int bytes) throws IOException {
        if (bytes <= SocketInput.STAGING_BYTES) {
            return in.take(bytes);
        }
        ByteBuffer body = ByteBuffer.allocate(bytes);
        in.fill(body);
        return body.flip();
    }
}
