package io.mooncake4j.transfer.rpc;

import io.mooncake4j.transfer.wire.Method;

/** Sees every answer of a server. */
@FunctionalInterface
public interface RpcObserver {
    RpcObserver NONE = (method, nanos, failed) -> {};

    /**
     * An answer is about to be encoded. Any thread, mostly an event loop: it must be quick.
     *
     * @param nanos since the request's bytes had arrived
     * @param failed whether the whole call is answered by an error
     */
    void answered(Method method, long nanos, boolean failed);
}
