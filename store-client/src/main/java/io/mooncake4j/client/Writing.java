package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.Checksum;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One key of a put: its grant, what has been placed under it, and how it ended. For the calling thread. */
final class Writing {
    private static final int MAX_REPLICAS = Long.SIZE;

    enum Step {
        /** It holds no grant. */
        TO_START,
        /** It holds a grant, and no PutEnd for it has left this process. */
        GRANTED,
        /** A PutEnd may have been carried out: nothing is revoked any more. */
        ENDING,
        ENDED
    }

    private final int index;
    private final ValueBytes value;
    private final List<ValueOp> ops = new ArrayList<>(1);
    private Step step = Step.TO_START;
    private ErrorCode error = ErrorCode.RPC_TIMEOUT;
    private String detail = "the deadline came before the put was started";
    private boolean noted;
    private long checksum = Checksum.NONE;
    private @Nullable PutResult result;

    private int slot;
    private long grantId;
    private int replicas;
    private long positionBytes;
    private long failed;
    private long unanswered;

    Writing(int index, ValueBytes value) {
        this.index = index;
        this.value = value;
    }

    /** Among the keys that are sent. */
    int index() {
        return index;
    }

    Step step() {
        return step;
    }

    long sizeBytes() {
        return value.sizeBytes();
    }

    long grantId() {
        return grantId;
    }

    long checksum() {
        return checksum;
    }

    /** Bit r: replica r was attempted, and it isn't known what became of that. */
    long unanswered() {
        return unanswered;
    }

    /** Bit r: every byte of replica r is placed. */
    long placed() {
        return positionBytes == value.sizeBytes() ? all() & ~failed : 0;
    }

    /** The end, which must have come. */
    PutResult result() {
        if (result == null) {
            throw new IllegalStateException("key " + index + " has not ended");
        }
        return result;
    }

    /** Takes in the answer to its PutStart. */
    void answered(int answerSlot, int status, long grant, int replicaCount) {
        slot = answerSlot;
        ErrorCode code = ErrorCode.of(status);
        switch (code) {
            case OK -> granted(grant, replicaCount);
            case OBJECT_ALREADY_EXISTS -> existed();
            case PUT_IN_PROGRESS -> note(code, "somebody else's put of this key was open until the deadline");
            case NO_AVAILABLE_HANDLE ->
                note(
                        code,
                        "the store had no room for " + sizeBytes()
                                + " bytes until the deadline; add nodes, or put less that is pinned");
            case INVALID_PARAMS -> {
                note(
                        code,
                        "no segment of the store is as large as the value, which has " + sizeBytes()
                                + " bytes; put less under one key, or add a larger node");
                fail();
            }
            case INVALID_WRITE -> note(code, "the put was started twice, and the first start had ended");
            default -> {
                note(code, "the master refused the put");
                if (!code.retryable()) {
                    fail();
                }
            }
        }
    }

    private void granted(long grant, int replicaCount) {
        step = Step.GRANTED;
        grantId = grant;
        replicas = Math.min(replicaCount, MAX_REPLICAS);
        positionBytes = 0;
        unanswered = 0;
        failed = 0;
        if (replicaCount < 1 || replicaCount > MAX_REPLICAS) {
            giveUp(ErrorCode.INTERNAL_ERROR, "the master granted " + replicaCount + " replicas");
        }
    }

    /** Puts the next run of bytes for each replica into a wave; false if it has no room or nothing is left to write. */
    boolean join(Wave wave, Tenure.Terms terms, boolean sum) {
        ops.clear();
        if (positionBytes == value.sizeBytes() || failed == all()) {
            return false;
        }
        PlacementTable placements = terms.placements();
        if (!terms.holds(slot) || placements.replicaCount(slot) != replicas) {
            giveUp(ErrorCode.GRANT_LAPSED, "the write grant was not renewed");
            return false;
        }
        long length = wave.claim(value.sizeBytes() - positionBytes, Long.bitCount(all() & ~failed));
        if (length == 0) {
            return false;
        }
        if (sum && checksum == Checksum.NONE) {
            checksum = value.checksum();
        }
        for (int number = 0; number < replicas; number++) {
            int replica = placements.firstReplica(slot) + number;
            if (placements.replicaBytes(replica) < value.sizeBytes()) {
                failed |= 1L << number;
                note(ErrorCode.INTERNAL_ERROR, "the master placed less than its " + sizeBytes() + " bytes");
            } else if ((failed >>> number & 1) == 0) {
                wave.add(replica, number, value, positionBytes, length, false, ops);
            }
        }
        positionBytes += length;
        return true;
    }

    /** Takes in the end of the wave; if the engine itself failed, of every attempt the worst is assumed (S2). */
    void settle(boolean engineReturned) {
        for (ValueOp op : ops) {
            long bit = 1L << op.replica();
            if (!engineReturned) {
                failed |= bit;
                unanswered |= bit;
                continue;
            }
            switch (op.outcome()) {
                case DONE -> {}
                case UNANSWERED -> {
                    failed |= bit;
                    unanswered |= bit;
                    note(op.error(), op.detail());
                }
                case REFUSED, NEVER_SENT -> {
                    failed |= bit;
                    note(op.error(), op.detail());
                }
            }
        }
    }

    private void giveUp(ErrorCode why, String text) {
        failed = all();
        note(why, text);
    }

    private long all() {
        return -1L >>> (Long.SIZE - replicas);
    }

    /** A PutEnd for it may have been carried out. */
    void ending() {
        step = Step.ENDING;
    }

    /** It holds no grant any more. */
    void startAgain() {
        step = Step.TO_START;
        grantId = 0;
    }

    void stored() {
        end(PutResult.stored(sizeBytes(), Long.bitCount(placed())));
    }

    void existed() {
        end(PutResult.existed(sizeBytes()));
    }

    /** Nobody can say any more what became of its PutEnd. */
    void forgotten() {
        note(ErrorCode.OUTCOME_UNKNOWN, "the master changed meanwhile, and the new one knows nothing of this put");
        fail();
    }

    void note(ErrorCode why, String text) {
        error = why;
        detail = text;
        noted = true;
    }

    /** Ends with the last error seen, or, if the master may have committed it, without knowing. */
    void fail() {
        if (step == Step.ENDING) {
            error = ErrorCode.OUTCOME_UNKNOWN;
            detail = "it could not be learnt whether the put was committed: " + detail;
        }
        end(PutResult.failed(error, detail, sizeBytes()));
    }

    /** Ends with this error; but one last try cut short by the deadline tells less than what was seen before. */
    void fail(StoreException e) {
        if (e.code() != ErrorCode.RPC_TIMEOUT || !noted) {
            note(e.code(), e.reason());
        }
        fail();
    }

    private void end(PutResult how) {
        result = how;
        step = Step.ENDED;
        ops.clear();
    }
}
