package io.mooncake4j.transfer.rpc;

/** What a server does with its calls. */
@FunctionalInterface
public interface RpcHandler {
    /**
     * Answers the call, now or later from any thread, exactly once. Runs on an event loop and must not block. What it
     * throws becomes the answer: a StoreException its own code, anything else INTERNAL_ERROR.
     */
    void handle(RpcCall call);
}
