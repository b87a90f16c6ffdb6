package io.mooncake4j.client;

import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.wire.Checksum;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One key of a get: which object it reads, how much of it has arrived, and how it ended. For the calling thread. Bytes
 * count as arrived only while a lease on their object held; an object id names the same bytes for ever, so what has
 * arrived stays good when the rest comes under another lease or from another replica.
 */
final class Reading<T> {
    enum Step {
        MOVING,
        /** The present answer of the master has nothing more to try. */
        ASK_AGAIN,
        ENDED
    }

    private final int index;
    private final Target<T> target;
    private final boolean verified;
    private final RandomGenerator random;
    private final List<ValueOp> ops = new ArrayList<>(1);
    private Step step = Step.ASK_AGAIN;
    private ErrorCode error = ErrorCode.TRANSFER_FAIL;
    private String detail = "";
    private boolean noted;
    private @Nullable KeyResult<T> result;

    private long objectId;
    private long checksum;
    private @Nullable ValueBytes value;
    private long positionBytes;
    /** The only segment that bytes came from; null: none, or more than one. */
    private @Nullable UUID onlySource;
    /** The segment of the present wave. */
    private @Nullable UUID source;

    private boolean mismatched;
    private @Nullable UUID mismatchAt;

    private int slot;
    private int replicas;
    /** A random one of the present answer's replicas, from which on they are tried. */
    private int firstNumber;
    /** Bit r: replica r of the present answer failed. */
    private long failed;

    private int number;

    /**
     * @param verified whether the checksum is compared
     * @param random chooses among replicas
     */
    Reading(int index, Target<T> target, boolean verified, RandomGenerator random) {
        this.random = random;
        this.index = index;
        this.target = target;
        this.verified = verified;
    }

    /** Among the keys that are sent. */
    int index() {
        return index;
    }

    Step step() {
        return step;
    }

    long objectId() {
        return objectId;
    }

    /** The key's place in the present answer of the master. */
    int slot() {
        return slot;
    }

    /** The end, which must have come. */
    KeyResult<T> result() {
        if (result == null) {
            throw new IllegalStateException("key " + index + " has not ended");
        }
        return result;
    }

    /** The end once more, for a caller who gave the key twice: a value is copied. */
    KeyResult<T> resultCopiedTo(Target<T> other) {
        ValueBytes bytes = value;
        if (bytes == null || !result().isHit()) {
            return result();
        }
        try {
            bytes.copyTo(other.open(bytes.sizeBytes()));
        } catch (StoreException e) {
            return KeyResult.failed(e);
        }
        return KeyResult.hit(bytes.sizeBytes(), replicas, other.value());
    }

    /** Takes in what the master says about the key. */
    void answered(int answerSlot, int status, long object, long sizeBytes, long sum, int replicaCount) {
        slot = answerSlot;
        ErrorCode code = ErrorCode.of(status);
        if (code == ErrorCode.OBJECT_NOT_FOUND
                || code == ErrorCode.REPLICA_IS_NOT_READY
                || (code == ErrorCode.OK && replicaCount == 0)) {
            target.discard();
            end(KeyResult.miss());
        } else if (code != ErrorCode.OK) {
            note(code, "the master refused to say where it lies");
            step = Step.ASK_AGAIN;
            if (!code.retryable()) {
                fail();
            }
        } else {
            failed = 0;
            replicas = Math.min(replicaCount, Long.SIZE);
            firstNumber = replicas == 1 ? 0 : random.nextInt(replicas);
            step = Step.MOVING;
            if (value == null || object != objectId) {
                open(object, sizeBytes, sum);
            }
        }
    }

    private void open(long object, long sizeBytes, long sum) {
        objectId = object;
        checksum = verified ? sum : Checksum.NONE;
        startOver();
        try {
            if (sizeBytes <= 0) {
                throw new StoreException(ErrorCode.INTERNAL_ERROR, "the master gave its size as " + sizeBytes);
            }
            value = target.open(sizeBytes);
        } catch (StoreException e) {
            fail(e);
        }
    }

    /** Puts the next run of bytes into a wave; false if it has no room, or there is no replica to try. */
    boolean join(Wave wave, Tenure.Terms terms, AvoidedSegments avoided, long nowNanos) {
        ops.clear();
        ValueBytes bytes = value;
        if (bytes == null || !terms.holds(slot) || !choose(terms.placements(), avoided, nowNanos)) {
            step = Step.ASK_AGAIN;
            return false;
        }
        PlacementTable placements = terms.placements();
        int replica = placements.firstReplica(slot) + number;
        if (placements.replicaBytes(replica) < bytes.sizeBytes()) {
            note(ErrorCode.INTERNAL_ERROR, "the master placed less than its " + bytes.sizeBytes() + " bytes");
            step = Step.ASK_AGAIN;
            return false;
        }
        long length = wave.claim(bytes.sizeBytes() - positionBytes, 1);
        if (length == 0) {
            return false;
        }
        UUID from = placements.firstSegmentId(replica);
        onlySource = positionBytes == 0 || from.equals(onlySource) ? from : null;
        source = from;
        wave.add(replica, number, bytes, positionBytes, length, Checksum.present(checksum), ops);
        return true;
    }

    private boolean choose(PlacementTable placements, AvoidedSegments avoided, long nowNanos) {
        int count = Math.min(placements.replicaCount(slot), Long.SIZE);
        boolean found = false;
        for (int i = 0; i < count; i++) {
            int candidate = (firstNumber + i) % count;
            if ((failed >>> candidate & 1) != 0) {
                continue;
            }
            if (!avoided.contains(placements.firstSegmentId(placements.firstReplica(slot) + candidate), nowNanos)) {
                number = candidate;
                return true;
            }
            if (!found) {
                number = candidate;
                found = true;
            }
        }
        return found;
    }

    /** Whether another replica could be tried if this one fails. */
    boolean hasAlternative() {
        return replicas - Long.bitCount(failed) > 1;
    }

    /**
     * Takes in the end of the wave.
     *
     * @param leaseHeld whether the lease still held after the last byte
     */
    void settle(boolean leaseHeld, AvoidedSegments avoided, long nowNanos) {
        for (ValueOp op : ops) {
            if (op.outcome() != Outcome.DONE) {
                note(op.error(), op.detail());
                failed |= 1L << number;
                if (op.outcome() != Outcome.REFUSED && source != null) {
                    avoided.avoid(source, nowNanos);
                }
                return;
            }
            if (!leaseHeld) {
                note(ErrorCode.LEASE_EXPIRED, "the read lease ended before the last byte had arrived");
                step = Step.ASK_AGAIN;
                return;
            }
            positionBytes += op.lengthBytes();
        }
        ValueBytes bytes = value;
        if (bytes == null || positionBytes < bytes.sizeBytes()) {
            return;
        }
        if (Checksum.present(checksum) && checksum(bytes) != checksum) {
            note(
                    ErrorCode.CHECKSUM_MISMATCH,
                    "the bytes read from segment " + (onlySource == null ? source + " and others" : onlySource)
                            + " don't have the checksum they were put with");
            mismatched = true;
            mismatchAt = onlySource;
            startOver();
            failed |= 1L << number;
            return;
        }
        end(KeyResult.hit(bytes.sizeBytes(), replicas, target.value()));
    }

    /** Whether the bytes that the last wave completed had a wrong checksum; true once for each time. */
    boolean takeMismatch() {
        boolean taken = mismatched;
        mismatched = false;
        return taken;
    }

    /** The segment of the replica that last had a wrong checksum; null: its bytes came from more than one. */
    @Nullable
    UUID mismatchAt() {
        return mismatchAt;
    }

    /** The cause of the last failure, for people. */
    String detail() {
        return detail;
    }

    private long checksum(ValueBytes bytes) {
        long sum = ops.size() == 1 ? ops.get(0).checksum() : Checksum.NONE;
        return Checksum.present(sum) ? sum : bytes.checksum();
    }

    private void startOver() {
        positionBytes = 0;
        onlySource = null;
    }

    private void note(ErrorCode why, String text) {
        error = why;
        detail = text;
        noted = true;
    }

    /** Ends with the last error seen. */
    void fail() {
        target.discard();
        end(KeyResult.failed(error, detail));
    }

    /** Ends with this error; but one last try cut short by the deadline tells less than what was seen before. */
    void fail(StoreException e) {
        if (e.code() != ErrorCode.RPC_TIMEOUT || !noted) {
            note(e.code(), e.reason());
        }
        fail();
    }

    private void end(KeyResult<T> how) {
        result = how;
        step = Step.ENDED;
        ops.clear();
    }
}
