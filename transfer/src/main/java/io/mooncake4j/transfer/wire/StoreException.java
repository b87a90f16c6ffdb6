package io.mooncake4j.transfer.wire;

import org.jspecify.annotations.Nullable;

/** A typed failure: what went wrong as a number, and why and what to do as text. */
public class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String reason;

    public StoreException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public StoreException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(code + " (" + code.number() + "): " + message, cause);
        this.code = code;
        this.reason = message;
    }

    public ErrorCode code() {
        return code;
    }

    /** The message without the code. */
    public String reason() {
        return reason;
    }

    /** Whether the same call may succeed later without a change by the caller. */
    public boolean retryable() {
        return code.retryable();
    }
}
