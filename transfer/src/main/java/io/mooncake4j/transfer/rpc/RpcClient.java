package io.mooncake4j.transfer.rpc;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.Method;
import java.util.concurrent.CompletableFuture;

/** Makes calls. Safe for all threads. */
public final class RpcClient implements AutoCloseable {
    private RpcClient() {}

    /** Connects in the background; the server need not be up. */
    public static RpcClient create(RpcClientOptions options) {
        throw new UnsupportedOperationException();
    }

    /**
     * Starts a call. The future fails with a StoreException: the server's, or an {@link RpcException}; it is completed
     * on an event loop, so what depends on it must not block. Too much in flight: it fails at once with OVERLOADED.
     */
    public <T extends MessageLite> CompletableFuture<T> callAsync(
            Method method, MessageLite request, Parser<T> parser, Deadline deadline) {
        throw new UnsupportedOperationException();
    }

    /**
     * Makes a call; too much in flight: it waits until the deadline.
     *
     * @throws io.mooncake4j.transfer.wire.StoreException the server's, or an {@link RpcException}
     */
    public <T extends MessageLite> T call(Method method, MessageLite request, Parser<T> parser, Deadline deadline) {
        throw new UnsupportedOperationException();
    }

    /** Fails all calls in flight with CLOSED. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
