package io.mooncake4j.transfer.tcp;

import io.mooncake4j.transfer.memory.Regions;
import io.mooncake4j.transfer.metrics.DataMeters;
import io.mooncake4j.transfer.metrics.TransferMeter;
import io.mooncake4j.transfer.server.AccessGate;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.server.DirectAccess;
import io.mooncake4j.transfer.server.Session;
import io.mooncake4j.transfer.server.SessionTable;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A node's side of one connection: its thread checks and copies, request after request. */
final class NodeConnection {
    /** What all connections of a node share. */
    record Node(
            Regions regions,
            AccessGate gate,
            SessionTable sessions,
            AccessHook hook,
            DirectAccess direct,
            DataMeters meters,
            int idleTimeoutMillis) {}

    private static final int SLICE_BYTES = 1 << 20;
    private static final byte[] NO_TEXT = {};
    /** How long an access waits for this node to meet the leader that allowed it. */
    private static final long EPOCH_WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Node node;
    private final SocketChannel channel;
    private final SocketInput in;
    private final SocketOutput out;
    private final PassageConversation conversation;
    private volatile boolean admitted;

    NodeConnection(Node node, SocketChannel channel) {
        this.node = node;
        this.channel = channel;
        this.in = new SocketInput(channel, SLICE_BYTES);
        this.out = new SocketOutput(channel, SLICE_BYTES);
        this.conversation = new PassageConversation(channel);
    }

    /** Changes whenever bytes have moved. Any thread. */
    long progress() {
        return in.received() + out.sent();
    }

    /** Whether the client has said who it is, and may stay. Any thread. */
    boolean admitted() {
        return admitted;
    }

    /** Whether nothing may move on it for as long as it likes. Any thread. */
    boolean mayBeSilent() {
        return conversation.begun();
    }

    /** Makes the thread stop soon. Any thread; does not block. */
    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // closed all the same
        }
        conversation.abandon();
    }

    /** Serves until the connection ends. After it nothing is copied for it any more. */
    void serve() throws IOException {
        if (in.take(Integer.BYTES).getInt() != TcpFormat.MAGIC) {
            return; // not our protocol: there is nothing to say that it would understand
        }
        ByteBuffer hello = in.take(TcpFormat.HELLO_BYTES - Integer.BYTES);
        short version = hello.getShort();
        hello.getShort();
        UUID client = new UUID(hello.getLong(), hello.getLong());
        long generation = hello.getLong();
        long nonce = hello.getLong();
        Session session;
        try {
            if (version != TcpFormat.VERSION) {
                throw new StoreException(
                        ErrorCode.PROTOCOL_MISMATCH,
                        "this node speaks version " + TcpFormat.VERSION + " of the data protocol, not " + version);
            }
            node.gate().verifyNonce(nonce);
            session = node.sessions().open(client, generation, this::close);
        } catch (StoreException e) {
            node.meters().refusals().count(e.code());
            answerHello(e.code(), TcpFormat.text(e));
            return;
        }
        try {
            answerHello(ErrorCode.OK, NO_TEXT);
            admitted = true;
            while (serveRequest(session)) {
                out.flush();
            }
            out.flush();
        } finally {
            session.leave();
        }
    }

    /** Tells a client that there is no room for it; a new connection takes so few bytes without waiting. */
    static void refuse(SocketChannel channel, String why) throws IOException {
        byte[] text = TcpFormat.text(new StoreException(ErrorCode.OVERLOADED, why));
        ByteBuffer answer = ByteBuffer.allocate(TcpFormat.HELLO_ANSWER_BYTES + text.length);
        TcpFormat.putHelloAnswer(answer, ErrorCode.OVERLOADED, 0, text);
        channel.write(answer.flip());
    }

    private void answerHello(ErrorCode status, byte[] text) throws IOException {
        TcpFormat.putHelloAnswer(
                out.room(TcpFormat.HELLO_ANSWER_BYTES + text.length), status, node.idleTimeoutMillis(), text);
        out.flush();
    }

    /** Returns whether the stream is in step for another request. */
    private boolean serveRequest(Session session) throws IOException {
        NodeRequest request;
        try {
            request = NodeRequest.read(in);
        } catch (StoreException e) {
            answerRefused(0, TcpFormat.ALL_OPS, e, TcpFormat.text(e));
            return false;
        }
        long cameNanos = System.nanoTime();
        node.gate().awaitEpoch(request.token, EPOCH_WAIT_NANOS);
        if (request.lanes > 0) {
            return openPassage(request, session);
        }
        try {
            node.gate().verify(request.token, request.mode, session.client(), session.generation(), System.nanoTime());
        } catch (StoreException e) {
            boolean inStep = drain(request, request.payloadBytes);
            answerRefused(request.id, TcpFormat.ALL_OPS, e, TcpFormat.text(e));
            return inStep;
        }
        boolean inStep = true;
        // one text a request, so that all answers to a WRITE fit into the output buffer
        boolean textSent = false;
        long movedBytes = 0;
        for (int op = 0; op < request.ops() && inStep; op++) {
            try {
                if (request.mode == AccessToken.Mode.WRITE) {
                    place(request, op, session);
                    putAnswer(request.id, op, ErrorCode.OK, 0);
                } else {
                    ByteBuffer memory = access(request, op);
                    putAnswer(request.id, op, ErrorCode.OK, memory.remaining());
                    out.send(memory);
                }
                movedBytes += request.lengths[op];
            } catch (StoreException e) {
                inStep = request.mode == AccessToken.Mode.READ || drain(request, request.lengths[op]);
                answerRefused(request.id, op, e, textSent ? NO_TEXT : TcpFormat.text(e));
                textSent = true;
            }
        }
        TransferMeter meter = request.mode == AccessToken.Mode.WRITE
                ? node.meters().written()
                : node.meters().read();
        meter.moved(movedBytes, System.nanoTime() - cameNanos);
        return inStep;
    }

    /** Returns whether it was refused, and the stream is in step. */
    private boolean openPassage(NodeRequest request, Session session) throws IOException {
        session.beginWrite(); // what goes by a passage is seen by nobody: a change of leaders cuts it (S5)
        DirectAccess.Passage passage;
        try {
            node.gate().verifyOpening(request.token, session.client(), session.generation(), System.nanoTime());
            passage = node.direct().open(request.lanes, this::close);
        } catch (StoreException e) {
            session.endWrite();
            answerRefused(request.id, TcpFormat.ALL_OPS, e, TcpFormat.text(e));
            return true;
        }
        try (passage) {
            conversation.run(passage, request.id, in, out);
        }
        return false;
    }

    private void place(NodeRequest request, int op, Session session) throws IOException {
        session.beginWrite();
        try {
            in.fill(access(request, op));
        } finally {
            session.endWrite();
        }
    }

    /** The memory of an operation, checked at this moment. */
    private ByteBuffer access(NodeRequest request, int op) {
        AccessToken token = request.token;
        int range = request.ranges[op];
        long length = request.lengths[op];
        node.gate().verifyTime(token, System.nanoTime());
        int position = node.gate().position(token, range, request.offsets[op], length);
        node.hook().checked(token, range, request.offsets[op], length);
        return node.regions().region(token.regions()[range]).slice(position, (int) length);
    }

    /** Reads payload that must not be placed; returns whether the stream is in step after it. */
    private boolean drain(NodeRequest request, long bytes) throws IOException {
        if (request.payloadBytes > TcpFormat.MAX_DRAIN_BYTES) {
            return false;
        }
        in.skip(bytes);
        return true;
    }

    private void answerRefused(long requestId, int op, StoreException why, byte[] text) throws IOException {
        node.meters().refusals().count(why.code());
        putAnswer(requestId, op, why.code(), text.length);
        out.send(ByteBuffer.wrap(text));
    }

    private void putAnswer(long requestId, int op, ErrorCode status, long length) throws IOException {
        TcpFormat.putAnswer(out.room(TcpFormat.ANSWER_BYTES), requestId, op, status, length);
    }
}
