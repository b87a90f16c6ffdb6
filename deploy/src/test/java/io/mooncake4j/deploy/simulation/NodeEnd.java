package io.mooncake4j.deploy.simulation;

import io.mooncake4j.transfer.server.AccessGate;
import io.mooncake4j.transfer.server.Session;
import io.mooncake4j.transfer.server.SessionTable;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A node's side of a connection and the thread that serves it, as {@code NodeConnection}: one step an event, so that the
 * thread may stall between any two. Gate and sessions are the node's own. A piece that the thread has taken from the
 * socket is copied even when the connection was closed meanwhile; then the thread leaves.
 */
final class NodeEnd {
    private static final int READ_PIECE_BYTES = 192;
    /** So much likelier than elsewhere: it takes a lot of luck to read what was written meanwhile. */
    private static final int READ_STALLS = 4;

    private final World world;
    private final SimNode node;
    private final SimProcess process;
    private final AccessGate gate;
    private final SessionTable sessions;
    private final DataLink link;
    private final Queue<Object> inbox = new ArrayDeque<>();
    private @Nullable Session session;
    private boolean closed;
    private boolean left;
    private boolean scheduled;

    private DataMessages.@Nullable Request request;
    private boolean refusedAll;
    private boolean refusedOp;
    private int op;
    private int position;
    private long moved;
    private byte @Nullable [] inHand;

    NodeEnd(World world, SimNode node, SimProcess process, AccessGate gate, SessionTable sessions, DataLink link) {
        this.world = world;
        this.node = node;
        this.process = process;
        this.gate = gate;
        this.sessions = sessions;
        this.link = link;
    }

    SimProcess process() {
        return process;
    }

    /** Bytes arrive at the socket. */
    void arrived(Object message) {
        inbox.add(message);
        wake();
    }

    /** By a cut, or because the peer reset it. */
    void close() {
        closed = true;
        wake();
    }

    /** Whether its thread may still copy for this client under such a generation. */
    boolean serves(UUID client, long generation) {
        Session now = session;
        return !left && now != null && now.client().equals(client) && now.generation() <= generation;
    }

    /** The write that was checked and has not ended, if there is one. */
    void visitWrite(SimNode.WriteVisitor visitor) {
        DataMessages.Request now = request;
        if (!left && now != null && now.mode() == AccessToken.Mode.WRITE && !refusedAll && !refusedOp) {
            visitor.write(this, now.token(), now.token().regions()[now.ranges()[op]], position, now.lengths()[op]);
        }
    }

    private void wake() {
        if (!scheduled && !left) {
            scheduled = true;
            boolean reads = request != null && request.mode() == AccessToken.Mode.READ;
            process.after(node.threadNanos(reads ? READ_STALLS : 1), this::step);
        }
    }

    private void step() {
        scheduled = false;
        copy();
        if (closed) {
            leave();
            return;
        }
        DataMessages.Request now = request;
        if (now != null && now.mode() == AccessToken.Mode.READ && !refusedAll) {
            readOn(now);
            wake();
            return;
        }
        Object next = inbox.poll();
        if (next == null) {
            return;
        }
        if (next instanceof DataMessages.Hello hello) {
            greet(hello);
        } else if (next instanceof DataMessages.Request head) {
            begin(head);
        } else if (next instanceof DataMessages.Piece piece) {
            take(piece.bytes());
        } else {
            leave();
        }
        if (!inbox.isEmpty() || inHand != null || request != null && request.mode() == AccessToken.Mode.READ) {
            wake();
        }
    }

    private void greet(DataMessages.Hello hello) {
        try {
            gate.verifyNonce(hello.processNonce());
            session = sessions.open(hello.client(), hello.generation(), this::close);
        } catch (StoreException e) {
            link.toClient(new DataMessages.HelloAnswer(e.code()));
            leave();
            return;
        }
        world.checks().nodes.admitted(node, this, node.wasCut(sessions, hello.client(), hello.generation()));
        link.toClient(new DataMessages.HelloAnswer(ErrorCode.OK));
    }

    private void begin(DataMessages.Request head) {
        Session now = session;
        if (now == null) {
            leave();
            return;
        }
        request = head;
        op = 0;
        moved = 0;
        refusedAll = false;
        try {
            gate.verify(head.token(), head.mode(), now.client(), now.generation(), process.nowNanos());
        } catch (StoreException e) {
            refusedAll = true;
            link.toClient(new DataMessages.Answer(DataMessages.ALL_OPS, e.code()));
            if (head.mode() == AccessToken.Mode.READ) {
                request = null;
            }
            return;
        }
        access(head);
    }

    /** The check of one operation; the copy is another step. */
    private void access(DataMessages.Request head) {
        refusedOp = false;
        AccessToken token = head.token();
        Session now = Objects.requireNonNull(session);
        if (head.mode() == AccessToken.Mode.WRITE) {
            now.beginWrite();
        }
        try {
            gate.verifyTime(token, process.nowNanos());
            position = gate.position(token, head.ranges()[op], head.offsets()[op], head.lengths()[op]);
        } catch (StoreException e) {
            now.endWrite();
            refusedOp = true;
            link.toClient(new DataMessages.Answer(op, e.code()));
            if (head.mode() == AccessToken.Mode.READ) {
                nextOp(head);
            }
            return;
        }
        world.checks()
                .nodes
                .accessed(node, head.at(op), token.regions()[head.ranges()[op]], position, head.lengths()[op]);
    }

    /** A piece comes from the socket; it is copied by the next step, however long that takes. */
    private void take(byte[] bytes) {
        DataMessages.Request now = request;
        if (now == null) {
            leave();
        } else if (refusedAll || refusedOp) {
            advance(now, bytes.length);
        } else {
            inHand = bytes;
        }
    }

    private void copy() {
        byte[] bytes = inHand;
        DataMessages.Request now = request;
        if (bytes == null || now == null) {
            return;
        }
        inHand = null;
        int region = now.token().regions()[now.ranges()[op]];
        int at = position + (int) moved;
        world.checks().nodes.mayWrite(node, now.at(op), region, at, bytes.length);
        if (world.trace().on()) {
            world.trace()
                    .add(
                            "%s copies %d bytes to %d+%d for %d",
                            this, bytes.length, region, at, now.at(op).owner());
        }
        node.place(region, at, bytes);
        if (closed) {
            world.happened(Happening.COPIED_AFTER_CLOSE);
        }
        advance(now, bytes.length);
    }

    private void advance(DataMessages.Request now, int bytes) {
        moved += bytes;
        if (moved == now.lengths()[op]) {
            if (!refusedAll && !refusedOp) {
                link.toClient(new DataMessages.Answer(op, ErrorCode.OK));
            }
            nextOp(now);
        }
    }

    private void nextOp(DataMessages.Request now) {
        Objects.requireNonNull(session).endWrite();
        op++;
        moved = 0;
        if (op == now.ops()) {
            request = null;
        } else if (!refusedAll) {
            access(now);
        }
    }

    private void readOn(DataMessages.Request now) {
        int length = (int) Math.min(READ_PIECE_BYTES, now.lengths()[op] - moved);
        byte[] bytes = node.read(now.token().regions()[now.ranges()[op]], position + (int) moved, length);
        if (moved == 0) {
            link.toClient(new DataMessages.Answer(op, ErrorCode.OK));
        }
        link.toClient(new DataMessages.Piece(bytes));
        moved += length;
        if (moved == now.lengths()[op]) {
            nextOp(now);
        }
    }

    /** With its process. */
    void died() {
        left = true;
        link.nodeClosed();
    }

    private void leave() {
        if (!left) {
            left = true;
            node.left(this);
            if (session != null) {
                session.leave();
            }
            link.nodeClosed();
        }
    }

    @Override
    public String toString() {
        Session now = session;
        return "a thread of " + process
                + (now == null ? "" : " for client " + now.client() + " generation " + now.generation());
    }
}
