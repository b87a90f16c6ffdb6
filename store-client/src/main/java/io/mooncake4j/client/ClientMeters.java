package io.mooncake4j.client;

import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TransferObserver;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.Transport;
import io.mooncake4j.transfer.metrics.ErrorCounts;
import io.mooncake4j.transfer.metrics.RdmaMeters;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/** What a client counts, whether anybody looks at it or not. Safe for all threads. */
final class ClientMeters implements TransferObserver {
    /** The calls on keys. */
    enum Operation {
        PUT,
        GET,
        EXISTS,
        REMOVE
    }

    /** What became of a key; a put that found its key there is OK. */
    enum KeyEnd {
        OK,
        MISS,
        ERROR
    }

    /** Of a transport. */
    enum Direction {
        READ,
        WRITE
    }

    /** Is told how long something took. */
    interface Timing {
        /** A call has ended; ok: no key failed. */
        void operation(Operation operation, boolean ok, long nanos);

        void transfer(String transport, Direction direction, long nanos);
    }

    private final LongAdder[] keys = new LongAdder[Operation.values().length * KeyEnd.values().length];
    private final Map<String, LongAdder[]> bytes = new ConcurrentHashMap<>();
    private final List<Timing> timings = new CopyOnWriteArrayList<>();
    private final RdmaMeters rdma;
    private final ErrorCounts replicaFailures = new ErrorCounts(
            ErrorCode.TRANSFER_FAIL,
            ErrorCode.RPC_TIMEOUT,
            ErrorCode.TOKEN_REFUSED,
            ErrorCode.SESSION_CUT,
            ErrorCode.OVERLOADED,
            ErrorCode.CHECKSUM_MISMATCH,
            ErrorCode.PROTOCOL_MISMATCH,
            ErrorCode.NOT_SUPPORTED);
    private final LongAdder leasesLapsed = new LongAdder();

    /**
     * @param transports by their names
     * @param rdma what the one of RDMA counts, if there is one
     */
    ClientMeters(List<String> transports, RdmaMeters rdma) {
        this.rdma = rdma;
        for (int i = 0; i < keys.length; i++) {
            keys[i] = new LongAdder();
        }
        transports.forEach(name -> bytes.put(name, new LongAdder[] {new LongAdder(), new LongAdder()}));
    }

    void add(Timing timing) {
        timings.add(timing);
    }

    LongAdder keys(Operation operation, KeyEnd end) {
        return keys[operation.ordinal() * KeyEnd.values().length + end.ordinal()];
    }

    /** The transports' names. */
    List<String> transports() {
        return List.copyOf(bytes.keySet());
    }

    LongAdder bytes(String transport, Direction direction) {
        LongAdder[] both = bytes.get(transport);
        if (both == null) {
            throw new IllegalArgumentException("no transport is called " + transport);
        }
        return both[direction.ordinal()];
    }

    RdmaMeters rdma() {
        return rdma;
    }

    /** Replicas that could not be read or written, where something else was tried, by why. */
    ErrorCounts replicaFailures() {
        return replicaFailures;
    }

    /** Bytes of values that were thrown away since the read lease had ended, and grants that lapsed: each once. */
    LongAdder leasesLapsed() {
        return leasesLapsed;
    }

    void ended(Operation operation, long ok, long missed, long failed, long nanos) {
        keys(operation, KeyEnd.OK).add(ok);
        keys(operation, KeyEnd.MISS).add(missed);
        keys(operation, KeyEnd.ERROR).add(failed);
        for (Timing timing : timings) {
            timing.operation(operation, failed == 0, nanos);
        }
    }

    @Override
    public void ran(Transport transport, SegmentTransfer transfer, long nanos) {
        long moved = 0;
        for (TransferOp op : transfer.ops()) {
            if (op.outcome() == TransferOp.Outcome.DONE) {
                moved += op.lengthBytes();
            } else if (op.outcome() != TransferOp.Outcome.NEVER_SENT) {
                replicaFailures.count(op.error());
            }
        }
        Direction direction =
                transfer.target().token().mode() == AccessToken.Mode.WRITE ? Direction.WRITE : Direction.READ;
        bytes(transport.name(), direction).add(moved);
        for (Timing timing : timings) {
            timing.transfer(transport.name(), direction, nanos);
        }
    }
}
