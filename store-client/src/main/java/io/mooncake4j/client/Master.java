package io.mooncake4j.client;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The master's calls. One try takes at most the request timeout, so that a lost answer leaves time for another. */
final class Master implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Master.class);

    private final RpcClient rpc;
    private final long requestNanos;
    private final RunningCalls running;

    /** @param running where it counts what nobody waits for, so that a close does */
    Master(RpcClient rpc, long requestNanos, RunningCalls running) {
        this.rpc = rpc;
        this.requestNanos = requestNanos;
        this.running = running;
    }

    /** One try. */
    <T extends MessageLite> T callOnce(Method method, MessageLite request, Parser<T> parser, Deadline deadline) {
        return rpc.call(method, request, parser, deadline.orAfterNanos(requestNanos));
    }

    /** Tries until the deadline: only for requests that may be carried out twice. */
    <T extends MessageLite> T call(Method method, MessageLite request, Parser<T> parser, Deadline deadline) {
        Backoff backoff = null;
        while (true) {
            try {
                return callOnce(method, request, parser, deadline);
            } catch (StoreException e) {
                backoff = backoff == null ? new Backoff() : backoff;
                if (!mayPass(e) || !backoff.pause(deadline)) {
                    throw e;
                }
            }
        }
    }

    /** One try; see {@link RpcClient#callAsync}. */
    <T extends MessageLite> CompletableFuture<T> callAsync(Method method, MessageLite request, Parser<T> parser) {
        return rpc.callAsync(method, request, parser, Deadline.afterNanos(requestNanos));
    }

    /** One try; see {@link RpcClient#callAsync}. */
    <T extends MessageLite> CompletableFuture<T> callAsync(
            Method method, MessageLite request, Parser<T> parser, Deadline deadline) {
        return rpc.callAsync(method, request, parser, deadline.orAfterNanos(requestNanos));
    }

    /** One try that nobody waits for, of what may be lost. */
    <T extends MessageLite> void send(Method method, MessageLite request, Parser<T> parser) {
        running.hold();
        CompletableFuture<T> unused = callAsync(method, request, parser).whenComplete((answer, failure) -> {
            running.end();
            if (failure != null) {
                LOG.debug("{} failed: {}", method, failure.toString());
            }
        });
    }

    /** Whether a master, this or another, may answer the same request soon. */
    static boolean mayPass(StoreException e) {
        return switch (e.code()) {
            case RPC_FAIL, RPC_TIMEOUT, NOT_LEADER, OVERLOADED, UNAVAILABLE_IN_CURRENT_STATUS -> true;
            default -> false;
        };
    }

    @Override
    public void close() {
        rpc.close();
    }
}
