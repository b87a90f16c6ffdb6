package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;

/**
 * What became of one key of a put.
 *
 * @param error OK unless FAILED; OUTCOME_UNKNOWN: it may or may not have been stored
 * @param detail the cause of a failure, for people
 * @param sizeBytes the size of the value that was to be stored
 * @param replicas how many copies were written by this call
 */
public record PutResult(Status status, ErrorCode error, String detail, long sizeBytes, int replicas) {

    /** Whether the key can be read now. */
    public enum Status {
        STORED,
        /** A value was there before; it stays, since values are immutable. */
        EXISTED,
        FAILED
    }

    static PutResult stored(long sizeBytes, int replicas) {
        return new PutResult(Status.STORED, ErrorCode.OK, "", sizeBytes, replicas);
    }

    static PutResult existed(long sizeBytes) {
        return new PutResult(Status.EXISTED, ErrorCode.OK, "", sizeBytes, 0);
    }

    static PutResult failed(ErrorCode error, String detail, long sizeBytes) {
        return new PutResult(Status.FAILED, error, detail, sizeBytes, 0);
    }

    /** The key was stored now, or before. */
    public boolean succeeded() {
        return status != Status.FAILED;
    }

    /** Whether the same call may succeed later without a change by the caller. */
    public boolean retryable() {
        return error.retryable();
    }

    /**
     * This result, unless it is a failure.
     *
     * @throws StoreException the failure
     */
    public PutResult orThrow() {
        if (status == Status.FAILED) {
            throw new StoreException(error, detail);
        }
        return this;
    }
}
