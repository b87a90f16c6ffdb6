package io.mooncake4j.client;

import com.google.protobuf.MessageLite;
import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;

/** What a stepped client runs in: the process, its clock, and its ways to the master and the nodes. All on one thread. */
public interface Surroundings {
    /** Takes the end of one try of a call; at most one of its methods runs, once. */
    interface Reply {
        void answered(byte[] body);

        void failed(ErrorCode code, boolean maybeDelivered);
    }

    UUID clientId();

    /** The process's monotonic clock. */
    long nowNanos();

    RandomGenerator random();

    SafetyRules rules();

    boolean checksums();

    long nextSequence();

    /** Runs the step when so much time of the process has passed. */
    void after(long nanos, Runnable step);

    /** One try of a call to the master. */
    void send(Method method, MessageLite request, long timeoutNanos, Reply reply);

    /**
     * Runs the transfers until each operation has an outcome, or the deadline; false to {@code ended}: the engine itself
     * failed, and threads of it may still be at work.
     *
     * @param owner the grant or object that an operation belongs to
     */
    void transfer(
            List<SegmentTransfer> transfers,
            ToLongFunction<TransferOp> owner,
            long deadlineNanos,
            Consumer<Boolean> ended);

    /** A get holds these leases from now on; it asks again for the promise's end whenever it wants to know. */
    void reading(SteppedGet get, boolean active);

    /** A read whose lease ended before its last byte had arrived. */
    void leaseEnded();

    /** A read whose bytes did not have their checksum. */
    void mismatched(long objectId);
}
