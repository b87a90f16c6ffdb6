package io.mooncake4j.transfer.tcp;

import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One request and its answers: operations {@code from} to {@code to} of a transfer. Gives each an outcome. Sends all of
 * it before it reads, which the node's order of answers allows. One thread.
 */
final class Exchange {
    private final AccessToken token;
    private final List<? extends TransferOp> ops;
    private final int from;
    private final int to;
    /** Operations before it have an outcome. */
    private int next;
    /** Bytes of operations from here on have not left. */
    private int unsent;

    private boolean mayHaveLeft;
    private boolean answerBegun;

    Exchange(AccessToken token, List<? extends TransferOp> ops, int from) {
        this.token = token;
        this.ops = ops;
        this.from = from;
        this.to = end(ops, from);
        this.next = from;
        this.unsent = from;
    }

    private static int end(List<? extends TransferOp> ops, int from) {
        int limit = Math.min(ops.size(), from + TcpFormat.MAX_OPS);
        int end = from + 1;
        long payload = ops.get(from).lengthBytes();
        while (end < limit && payload + ops.get(end).lengthBytes() <= TcpFormat.REQUEST_PAYLOAD_BYTES) {
            payload += ops.get(end).lengthBytes();
            end++;
        }
        return end;
    }

    int to() {
        return to;
    }

    /** Afterwards every operation has an outcome, unless it throws: then those left need {@link #fail}. */
    void run(PeerConnection connection, long requestId) throws IOException {
        long sentBefore = connection.out.sent();
        long receivedBefore = connection.in.received();
        try {
            send(connection.out, requestId);
            while (next < to) {
                receiveAnswer(connection, requestId);
            }
        } finally {
            mayHaveLeft |= connection.out.unsure() || connection.out.sent() != sentBefore;
            answerBegun = connection.in.received() != receivedBefore;
        }
    }

    /** After a failure: whether running it again does no harm, since nobody can have written, here or there. */
    boolean repeatable() {
        return !mayHaveLeft || (token.mode() == AccessToken.Mode.READ && !answerBegun);
    }

    /** Gives an outcome to the operations that have none. */
    void fail(ErrorCode why, String detail) {
        for (; next < to; next++) {
            boolean left = mayHaveLeft && next < unsent;
            ops.get(next).failed(left ? Outcome.UNANSWERED : Outcome.NEVER_SENT, why, detail);
        }
    }

    private void send(SocketOutput out, long requestId) throws IOException {
        int headBytes = TcpFormat.REQUEST_BYTES + token.encodedBytes() + (to - from) * TcpFormat.OP_BYTES;
        boolean staged = headBytes <= SocketOutput.STAGING_BYTES;
        ByteBuffer head = staged ? out.room(headBytes) : ByteBuffer.allocate(headBytes);
        TcpFormat.putRequest(head, token, requestId, to - from);
        for (int i = from; i < to; i++) {
            TransferOp op = ops.get(i);
            head.putInt(op.range()).putLong(op.offsetInRange()).putLong(op.lengthBytes());
        }
        boolean write = token.mode() == AccessToken.Mode.WRITE;
        unsent = write ? from : to;
        if (!staged) {
            out.send(head.flip());
        }
        for (int i = from; write && i < to; i++) {
            unsent = i + 1;
            for (ByteBuffer buffer : ops.get(i).buffers()) {
                out.send(buffer.duplicate());
            }
        }
        out.flush();
    }

    private void receiveAnswer(PeerConnection connection, long requestId) throws IOException {
        ByteBuffer answer = connection.in.take(TcpFormat.ANSWER_BYTES);
        long id = answer.getLong();
        int index = answer.getInt();
        int status = answer.getInt();
        long length = answer.getLong();
        if (status != 0 && TcpFormat.isTextLength(length) && (index == TcpFormat.ALL_OPS || index == next - from)) {
            receiveRefusal(connection, index, ErrorCode.of(status), (int) length);
            return;
        }
        TransferOp op = ops.get(next);
        boolean read = token.mode() == AccessToken.Mode.READ;
        if (id != requestId || index != next - from || status != 0 || length != (read ? op.lengthBytes() : 0)) {
            throw new IOException("the node's answers are out of step");
        }
        for (ByteBuffer buffer : op.buffers()) {
            if (read) {
                connection.in.fill(buffer.duplicate());
            }
        }
        op.done();
        next++;
    }

    private void receiveRefusal(PeerConnection connection, int index, ErrorCode why, int textLength)
            throws IOException {
        String text = "node " + connection.peer + ": " + connection.in.takeText(textLength);
        int end = index == TcpFormat.ALL_OPS ? to : next + 1;
        for (; next < end; next++) {
            ops.get(next).failed(Outcome.REFUSED, why, text);
        }
    }
}
