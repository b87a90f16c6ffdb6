package io.mooncake4j.transfer.rpc;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import org.jspecify.annotations.Nullable;

/** A call that ended without an answer of the server: RPC_TIMEOUT, RPC_FAIL, OVERLOADED, CLOSED and the like. */
public final class RpcException extends StoreException {
    private static final long serialVersionUID = 1L;

    private final boolean maybeDelivered;

    RpcException(ErrorCode code, String message, boolean maybeDelivered, @Nullable Throwable cause) {
        super(code, message, cause);
        this.maybeDelivered = maybeDelivered;
    }

    /** Whether the server may have carried out the request. False: it never left this process. */
    public boolean maybeDelivered() {
        return maybeDelivered;
    }
}
