package io.mooncake4j.transfer.rpc;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;

/** One request at the server. */
public final class RpcCall {
    RpcCall() {}

    public Method method() {
        throw new UnsupportedOperationException();
    }

    /** When the caller gives up. */
    public Deadline deadline() {
        throw new UnsupportedOperationException();
    }

    /**
     * The request.
     *
     * @throws io.mooncake4j.transfer.wire.StoreException INVALID_PARAMS if the body is no such message
     */
    public <T> T parse(Parser<T> parser) {
        throw new UnsupportedOperationException();
    }

    /** Answers. Any thread; of reply and fail exactly one, once. */
    public void reply(MessageLite response) {
        throw new UnsupportedOperationException();
    }

    /** Answers with a typed error. Any thread; of reply and fail exactly one, once. */
    public void fail(ErrorCode code, String message) {
        throw new UnsupportedOperationException();
    }
}
