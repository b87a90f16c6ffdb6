package io.mooncake4j.transfer.wire;

import java.util.HashMap;
import java.util.Map;

/**
 * Every error number of mooncake4j. Numbers down to -1702 are Mooncake's (store/include/types.h) and mean what they
 * mean there; numbers from -2000 on are ours.
 */
public enum ErrorCode {
    OK(0, false),
    INTERNAL_ERROR(-1, false),
    BUFFER_OVERFLOW(-10, false),
    SEGMENT_NOT_FOUND(-101, false),
    SEGMENT_ALREADY_EXISTS(-102, false),
    CLIENT_NOT_FOUND(-103, true),
    /** No room; eviction is under way. */
    NO_AVAILABLE_HANDLE(-200, true),
    INVALID_VERSION(-300, false),
    INVALID_KEY(-400, false),
    WRITE_FAIL(-500, true),
    INVALID_PARAMS(-600, false),
    ILLEGAL_CLIENT(-601, false),
    /** The grant is not open: never made, ended, or lapsed. */
    INVALID_WRITE(-700, false),
    INVALID_READ(-701, false),
    INVALID_REPLICA(-702, false),
    REPLICA_IS_NOT_READY(-703, true),
    OBJECT_NOT_FOUND(-704, false),
    OBJECT_ALREADY_EXISTS(-705, false),
    LEASE_EXPIRED(-707, true),
    REPLICA_NOT_FOUND(-710, false),
    TRANSFER_FAIL(-800, true),
    CHECKSUM_MISMATCH(-801, true),
    RPC_FAIL(-900, true),
    RPC_TIMEOUT(-901, true),
    UNAVAILABLE_IN_CURRENT_STATUS(-1010, true),
    /** What administration is told by a master that doesn't lead. */
    UNAVAILABLE_IN_CURRENT_MODE(-1011, true),
    NOT_SUPPORTED(-1012, false),
    /** This master does not lead. */
    NOT_LEADER(-2000, true),
    /** Somebody else's put of this key is open. */
    PUT_IN_PROGRESS(-2001, true),
    /** The write grant lapsed; its writer must end it and start again. */
    GRANT_LAPSED(-2002, true),
    /** It can't be learnt, within the deadline or since the leader changed, whether the put was committed. */
    OUTCOME_UNKNOWN(-2003, true),
    /** The object under the key is another one by now. */
    OBJECT_CHANGED(-2004, true),
    /** The PutStart with this request id was revoked before. */
    REQUEST_REVOKED(-2005, true),
    /** A bounded queue is full; back off. */
    OVERLOADED(-2006, true),
    /** The peer answered in a protocol version that this build does not speak. */
    PROTOCOL_MISMATCH(-2007, false),
    /** The session's generation was cut; start again with a fresh answer of the master. */
    SESSION_CUT(-2008, true),
    /** The access token is forged, expired, or for another segment, process, mode, epoch or range. */
    TOKEN_REFUSED(-2009, true),
    /** The client or server is closed. */
    CLOSED(-2010, false),
    /** A frame longer than the limit. */
    FRAME_TOO_LARGE(-2011, false),
    /** The calling thread was interrupted while it waited; its interrupt flag is kept. */
    INTERRUPTED(-2012, true);

    private static final Map<Integer, ErrorCode> BY_NUMBER = new HashMap<>();

    static {
        for (ErrorCode code : values()) {
            BY_NUMBER.put(code.number, code);
        }
    }

    private final int number;
    private final boolean retryable;

    ErrorCode(int number, boolean retryable) {
        this.number = number;
        this.retryable = retryable;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /** Whether the same call may succeed later without a change by the caller. */
    public boolean retryable() {
        return retryable;
    }

    /** The code of a number from the wire; {@link #INTERNAL_ERROR} for one that this build does not know. */
    public static ErrorCode of(int number) {
        return BY_NUMBER.getOrDefault(number, INTERNAL_ERROR);
    }
}
