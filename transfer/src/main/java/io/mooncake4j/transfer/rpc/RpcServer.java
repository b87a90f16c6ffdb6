package io.mooncake4j.transfer.rpc;

/** Serves calls. */
public final class RpcServer implements AutoCloseable {
    private RpcServer() {}

    /**
     * Binds and serves.
     *
     * @throws io.mooncake4j.transfer.wire.StoreException INVALID_PARAMS if the address can't be bound
     */
    public static RpcServer start(RpcServerOptions options, RpcHandler handler) {
        throw new UnsupportedOperationException();
    }

    public int port() {
        throw new UnsupportedOperationException();
    }

    /** Stops accepting, lets answers in flight out for a bounded time, closes all connections. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
