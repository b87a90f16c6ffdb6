package io.mooncake4j.deploy.simulation;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A client's way to the nodes, modelled on {@code TcpTransport}, {@code ConnectionPool} and {@code Exchange}: connections
 * of one session are kept and used again; a request is sent in pieces, one event each, then its answers are taken; at the
 * deadline the connection is closed; what is known of each operation then is its outcome.
 */
final class SimTransport {
    private static final long CONNECT_NANOS = 2_000_000_000L;
    private static final int WRITE_PIECE_BYTES = 160;

    private record Peer(int machine, long processNonce, UUID client, long generation) {}

    private final World world;
    private final SimProcess process;
    private final Map<Peer, Deque<Connection>> idle = new HashMap<>();
    private final Set<Connection> open = new LinkedHashSet<>();

    SimTransport(World world, SimProcess process) {
        this.world = world;
        this.process = process;
    }

    /** As {@code Transport.run}: each operation has an outcome when {@code ended} runs. */
    void run(SegmentTransfer transfer, ToLongFunction<TransferOp> owner, long deadlineNanos, Runnable ended) {
        new Exchange(transfer, owner, deadlineNanos, ended).begin();
    }

    /** Sends a request that nobody permitted, and looks at nothing but whether the checks see it carried out. */
    void forge(SegmentTarget target, AccessToken token, AccessToken.Mode mode) {
        Connection[] connection = new Connection[1];
        connection[0] = new Connection(peer(target));
        connection[0].open(target, message -> {
            if (message instanceof DataMessages.HelloAnswer answer && answer.status() == ErrorCode.OK) {
                connection[0].link.toNode(new DataMessages.Request(
                        token, mode, new int[1], new long[1], new long[] {64}, new long[1], 0, true));
                connection[0].link.toNode(new DataMessages.Piece(new byte[64]));
            } else {
                connection[0].close();
            }
        });
    }

    /** The process ends, and its connections with it; of some nobody tells the node. */
    void kill() {
        for (Connection connection : open) {
            if (world.network().tellsEnd()) {
                connection.link.closeByClient();
            }
        }
    }

    private static Peer peer(SegmentTarget target) {
        AccessToken token = target.token();
        return new Peer(target.dataPort() - 1, token.processNonce(), token.clientId(), token.generation());
    }

    /** The client's side of one connection, in use by one exchange at a time. */
    private final class Connection {
        final Peer peer;
        final DataLink link;
        boolean pooled;
        boolean broken;

        @Nullable
        Consumer<Object> user;

        Connection(Peer peer) {
            this.peer = peer;
            this.link = new DataLink(world, process, this::received);
        }

        void open(SegmentTarget target, Consumer<Object> first) {
            user = first;
            open.add(this);
            link.connect(world.nodes().get(peer.machine));
            link.toNode(new DataMessages.Hello(
                    peer.client, peer.generation, target.token().processNonce()));
        }

        private void received(Object message) {
            if (message instanceof DataMessages.End) {
                broken = true;
            }
            Consumer<Object> now = user;
            if (now != null) {
                now.accept(message);
            }
        }

        void close() {
            broken = true;
            user = null;
            open.remove(this);
            link.closeByClient();
        }
    }

    private final class Exchange {
        private final SegmentTarget target;
        private final AccessToken token;
        private final List<? extends TransferOp> ops;
        private final ToLongFunction<TransferOp> owner;
        private final long deadlineNanos;
        private final Runnable ended;
        private final boolean write;
        private @Nullable Connection connection;
        private boolean greeted;
        private boolean fresh;
        private boolean mayHaveLeft;
        private boolean answerBegun;
        private int unsent;
        private int next;
        private int got;
        private boolean over;
        private final Deque<Object> arrived = new ArrayDeque<>();
        private boolean allSent;

        Exchange(SegmentTransfer transfer, ToLongFunction<TransferOp> owner, long deadlineNanos, Runnable ended) {
            this.target = transfer.target();
            this.token = target.token();
            this.ops = transfer.ops();
            this.owner = owner;
            this.deadlineNanos = deadlineNanos;
            this.ended = ended;
            this.write = token.mode() == AccessToken.Mode.WRITE;
        }

        void begin() {
            world.seen(target);
            process.after(Math.max(0, deadlineNanos - process.nowNanos()), () -> fail(ErrorCode.RPC_TIMEOUT));
            take();
        }

        private void take() {
            Peer peer = peer(target);
            Deque<Connection> kept = idle.computeIfAbsent(peer, p -> new ArrayDeque<>());
            if (fresh) {
                kept.forEach(Connection::close);
                kept.clear();
            }
            Connection found = kept.pollLast();
            while (found != null && found.broken && world.scheduler().chance(0.5)) {
                found = kept.pollLast(); // else it learns too late that the connection has ended
            }
            if (found != null) {
                connection = found;
                greeted = true;
                found.user = this::received;
                process.after(1000, this::send);
                return;
            }
            Connection opened = new Connection(peer);
            connection = opened;
            greeted = false;
            opened.open(target, this::received);
            process.after(CONNECT_NANOS, () -> {
                if (connection == opened && !greeted) {
                    fail(ErrorCode.TRANSFER_FAIL);
                }
            });
        }

        private void received(Object message) {
            if (over) {
                return;
            }
            if (message instanceof DataMessages.End) {
                broke();
            } else if (!greeted) {
                DataMessages.HelloAnswer answer = (DataMessages.HelloAnswer) message;
                if (answer.status() == ErrorCode.OK) {
                    greeted = true;
                    send();
                } else {
                    world.happened(Happening.SESSION_REFUSED);
                    fail(answer.status());
                }
            } else {
                arrived.add(message);
                takeAnswers();
            }
        }

        private void send() {
            Connection now = connection;
            if (over || now == null) {
                return;
            }
            if (now.broken) {
                broke();
                return;
            }
            int[] ranges = new int[ops.size()];
            long[] offsets = new long[ops.size()];
            long[] lengths = new long[ops.size()];
            long[] owners = new long[ops.size()];
            for (int i = 0; i < ranges.length; i++) {
                TransferOp op = ops.get(i);
                ranges[i] = op.range();
                offsets[i] = op.offsetInRange();
                lengths[i] = op.lengthBytes();
                owners[i] = owner.applyAsLong(op);
            }
            mayHaveLeft = true;
            unsent = write ? 0 : ops.size();
            now.link.toNode(new DataMessages.Request(token, token.mode(), ranges, offsets, lengths, owners, 0, false));
            if (write) {
                sendPiece(now, 0, 0);
            } else {
                allSent = true;
                takeAnswers();
            }
        }

        private void sendPiece(Connection now, int op, int from) {
            if (over || connection != now) {
                return;
            }
            if (now.broken) {
                broke();
                return;
            }
            unsent = op + 1;
            byte[] bytes = piece(ops.get(op), from);
            now.link.toNode(new DataMessages.Piece(bytes));
            int to = from + bytes.length;
            boolean opSent = to == ops.get(op).lengthBytes();
            if (opSent && op + 1 == ops.size()) {
                allSent = true;
                takeAnswers();
            } else {
                process.after(
                        world.scheduler().between(1000, 200_000),
                        () -> sendPiece(now, opSent ? op + 1 : op, opSent ? 0 : to));
            }
        }

        private byte[] piece(TransferOp op, int from) {
            byte[] bytes = new byte[(int) Math.min(WRITE_PIECE_BYTES, op.lengthBytes() - from)];
            int skip = from;
            int filled = 0;
            for (ByteBuffer buffer : op.buffers()) {
                ByteBuffer view = buffer.duplicate();
                int skipped = Math.min(skip, view.remaining());
                view.position(view.position() + skipped);
                skip -= skipped;
                int length = Math.min(view.remaining(), bytes.length - filled);
                view.get(bytes, filled, length);
                filled += length;
            }
            return bytes;
        }

        private void takeAnswers() {
            while (allSent && !over && !arrived.isEmpty()) {
                answerBegun = true;
                Object message = arrived.poll();
                if (message instanceof DataMessages.Answer answer) {
                    if (answer.status() != ErrorCode.OK) {
                        refused(answer);
                    } else if (write) {
                        ops.get(next++).done();
                    }
                } else if (message instanceof DataMessages.Piece piece) {
                    fill(piece.bytes());
                }
                if (next == ops.size()) {
                    finish(true);
                }
            }
        }

        private void refused(DataMessages.Answer answer) {
            int end = answer.op() == DataMessages.ALL_OPS ? ops.size() : next + 1;
            for (; next < end; next++) {
                world.happened(Happening.TOKEN_REFUSED);
                ops.get(next).failed(TransferOp.Outcome.REFUSED, answer.status(), "refused");
            }
        }

        private void fill(byte[] bytes) {
            TransferOp op = ops.get(next);
            int skip = got;
            int taken = 0;
            for (ByteBuffer buffer : op.buffers()) {
                ByteBuffer view = buffer.duplicate();
                int skipped = Math.min(skip, view.remaining());
                view.position(view.position() + skipped);
                skip -= skipped;
                int length = Math.min(view.remaining(), bytes.length - taken);
                view.put(bytes, taken, length);
                taken += length;
            }
            got += bytes.length;
            if (got == op.lengthBytes()) {
                got = 0;
                next++;
                op.done();
            }
        }

        /** The connection ended; as {@code TcpTransport.run}, one that had waited in the pool is no news of the node. */
        private void broke() {
            Connection now = connection;
            boolean repeatable = !mayHaveLeft || (!write && !answerBegun);
            if (now != null && now.pooled && !fresh && repeatable) {
                now.close();
                fresh = true;
                allSent = false;
                mayHaveLeft = false;
                take();
            } else {
                fail(ErrorCode.TRANSFER_FAIL);
            }
        }

        private void fail(ErrorCode why) {
            if (over) {
                return;
            }
            for (; next < ops.size(); next++) {
                boolean left = mayHaveLeft && next < unsent;
                if (left && write) {
                    world.happened(Happening.WRITE_UNANSWERED);
                }
                ops.get(next)
                        .failed(left ? TransferOp.Outcome.UNANSWERED : TransferOp.Outcome.NEVER_SENT, why, "failed");
            }
            finish(false);
        }

        private void finish(boolean inStep) {
            over = true;
            Connection now = connection;
            if (now != null) {
                now.user = null;
                if (inStep && !now.broken) {
                    now.pooled = true;
                    idle.computeIfAbsent(now.peer, p -> new ArrayDeque<>()).addLast(now);
                } else {
                    now.close();
                }
            }
            ended.run();
        }
    }
}
