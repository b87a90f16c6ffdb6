package io.mooncake4j.transfer.metrics;

import io.mooncake4j.transfer.wire.ErrorCode;

/** What a node counts of what clients do with its memory over one transport. Safe for all threads. */
public final class DataMeters {
    private final TransferMeter read = new TransferMeter();
    private final TransferMeter written = new TransferMeter();
    private final ErrorCounts refusals = new ErrorCounts(
            ErrorCode.TOKEN_REFUSED,
            ErrorCode.SESSION_CUT,
            ErrorCode.OVERLOADED,
            ErrorCode.PROTOCOL_MISMATCH,
            ErrorCode.INVALID_PARAMS);

    /** What clients read from here. */
    public TransferMeter read() {
        return read;
    }

    /** What clients wrote to here. */
    public TransferMeter written() {
        return written;
    }

    /** Requests and operations that were refused. */
    public ErrorCounts refusals() {
        return refusals;
    }
}
