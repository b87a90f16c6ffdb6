package io.mooncake4j.transfer.engine;

import io.mooncake4j.transfer.wire.ErrorCode;
import java.nio.ByteBuffer;

/**
 * One run of bytes between the caller's buffers and a range of the target's token. The buffers' remaining bytes are
 * read or filled in order, while their positions and limits stay as they are: transports work on duplicates. After
 * {@link TransferEngine#run} has returned nobody but the caller touches them.
 */
public class TransferOp {
    /** What became of an attempt (S2, S3). */
    public enum Outcome {
        /** Nothing of it left this process. */
        NEVER_SENT,
        /** READ: every byte has arrived. WRITE: every byte is placed (S7). */
        DONE,
        /** The node answered that it did not do it. */
        REFUSED,
        /**
         * It was sent, no answer came, and its connection is closed: nobody here still sends from its buffers or writes
         * into them, but the node may still carry it out.
         */
        UNANSWERED
    }

    private final int range;
    private final long offsetInRange;
    private final ByteBuffer[] buffers;
    private final long lengthBytes;
    private Outcome outcome = Outcome.NEVER_SENT;
    private ErrorCode error = ErrorCode.OK;
    private String detail = "";

    public TransferOp(int range, long offsetInRange, ByteBuffer... buffers) {
        this.range = range;
        this.offsetInRange = offsetInRange;
        this.buffers = buffers;
        long length = 0;
        for (ByteBuffer buffer : buffers) {
            length += buffer.remaining();
        }
        this.lengthBytes = length;
    }

    /** Index of the range in the token. */
    public int range() {
        return range;
    }

    public long offsetInRange() {
        return offsetInRange;
    }

    public ByteBuffer[] buffers() {
        return buffers;
    }

    public long lengthBytes() {
        return lengthBytes;
    }

    public Outcome outcome() {
        return outcome;
    }

    /** OK exactly when the outcome is DONE. */
    public ErrorCode error() {
        return error;
    }

    /** Peer and cause of a failure, for people. */
    public String detail() {
        return detail;
    }

    /** For transports: every byte has arrived, or is placed. Runs on the transferring thread while bytes are warm. */
    public void done() {
        outcome = Outcome.DONE;
        error = ErrorCode.OK;
    }

    /** For transports: the attempt failed. */
    public void failed(Outcome how, ErrorCode why, String text) {
        outcome = how;
        error = why;
        detail = text;
    }
}
