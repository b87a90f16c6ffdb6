package io.mooncake4j.client;

import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.engine.Transport;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Segments in this process's memory, as a transport that does what a test says: once per script, else honestly. */
final class FakeNodes implements Transport {
    /** What becomes of one transfer. */
    interface Script {
        void run(FakeNodes nodes, SegmentTransfer transfer, Deadline deadline);
    }

    static final Script UNANSWERED = failing(Outcome.UNANSWERED, ErrorCode.TRANSFER_FAIL);
    static final Script NEVER_SENT = failing(Outcome.NEVER_SENT, ErrorCode.TRANSFER_FAIL);
    static final Script SESSION_CUT = failing(Outcome.REFUSED, ErrorCode.SESSION_CUT);
    static final Script TOKEN_REFUSED = failing(Outcome.REFUSED, ErrorCode.TOKEN_REFUSED);

    private final Map<UUID, byte[]> memory = new ConcurrentHashMap<>();
    private final Map<UUID, Deque<Script>> scripts = new ConcurrentHashMap<>();
    private final List<AccessToken> tokens = new ArrayList<>();

    private static Script failing(Outcome outcome, ErrorCode why) {
        return (nodes, transfer, deadline) -> transfer.ops().forEach(op -> op.failed(outcome, why, "scripted"));
    }

    void addSegment(UUID id) {
        memory.put(id, new byte[1 << 20]);
    }

    /** A segment's bytes, at least up to an end. */
    synchronized byte[] memory(UUID segment, long end) {
        return memory.compute(
                segment,
                (id, bytes) ->
                        end <= bytes.length ? bytes : Arrays.copyOf(bytes, (int) Math.max(end, 2L * bytes.length)));
    }

    /** The next transfer with a segment goes like this. */
    synchronized void next(UUID segment, Script script) {
        scripts.computeIfAbsent(segment, id -> new ArrayDeque<>()).add(script);
    }

    /** The tokens that transfers came with, in order. */
    synchronized List<AccessToken> tokens() {
        return List.copyOf(tokens);
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public void run(SegmentTransfer transfer, Deadline deadline) {
        AccessToken token = transfer.target().token();
        Script script;
        synchronized (this) {
            tokens.add(token);
            script = scripts.getOrDefault(token.segmentId(), new ArrayDeque<>()).poll();
        }
        if (script == null) {
            copy(transfer);
        } else {
            script.run(this, transfer, deadline);
        }
    }

    void copy(SegmentTransfer transfer) {
        for (TransferOp op : transfer.ops()) {
            copy(transfer.target().token(), op);
            op.done();
        }
    }

    synchronized void copy(AccessToken token, TransferOp op) {
        if (op.offsetInRange() + op.lengthBytes() > token.lengths()[op.range()]) {
            throw new AssertionError("beyond the range");
        }
        int at = (int) (token.offsets()[op.range()] + op.offsetInRange());
        byte[] bytes = memory(token.segmentId(), at + op.lengthBytes());
        for (ByteBuffer buffer : op.buffers()) {
            int length = buffer.remaining();
            if (token.mode() == AccessToken.Mode.READ) {
                buffer.put(bytes, at, length);
            } else {
                buffer.get(bytes, at, length);
            }
            at += length;
        }
    }

    @Override
    public void close() {}
}
