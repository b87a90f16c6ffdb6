package io.mooncake4j.client;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.mooncake4j.transfer.rpc.RpcException;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** {@link Master} without threads: the same tries, pauses and deadlines; answers go to a continuation. */
final class SteppedMaster {
    static final long REQUEST_NANOS = 1_000_000_000L;

    private final Surroundings around;

    SteppedMaster(Surroundings around) {
        this.around = around;
    }

    /** One try. */
    <T extends MessageLite> void callOnce(
            Method method,
            MessageLite request,
            Parser<T> parser,
            long deadlineNanos,
            Consumer<T> answered,
            Failed failed) {
        long timeout = Math.min(REQUEST_NANOS, deadlineNanos - around.nowNanos());
        if (timeout <= 0) {
            failed.failed(new StoreException(ErrorCode.RPC_TIMEOUT, "the deadline had passed"), false);
            return;
        }
        around.send(method, request, timeout, new Surroundings.Reply() {
            @Override
            public void answered(byte[] body) {
                T answer;
                try {
                    answer = parser.parseFrom(body);
                } catch (InvalidProtocolBufferException e) {
                    throw new IllegalStateException(e);
                }
                answered.accept(answer);
            }

            @Override
            public void failed(ErrorCode code, boolean maybeDelivered) {
                failed.failed(new StoreException(code, "the call failed"), maybeDelivered);
            }
        });
    }

    /** Tries until the deadline. */
    <T extends MessageLite> void call(
            Method method,
            MessageLite request,
            Parser<T> parser,
            long deadlineNanos,
            Consumer<T> answered,
            Consumer<StoreException> failed) {
        call(method, request, parser, deadlineNanos, answered, failed, new SteppedBackoff(around));
    }

    private <T extends MessageLite> void call(
            Method method,
            MessageLite request,
            Parser<T> parser,
            long deadlineNanos,
            Consumer<T> answered,
            Consumer<StoreException> failed,
            SteppedBackoff backoff) {
        callOnce(method, request, parser, deadlineNanos, answered, (failure, maybeDelivered) -> {
            if (!Master.mayPass(failure)) {
                failed.accept(failure);
            } else {
                backoff.pause(
                        deadlineNanos,
                        () -> call(method, request, parser, deadlineNanos, answered, failed, backoff),
                        () -> failed.accept(failure));
            }
        });
    }

    /** One try, as {@link Tenure} wants it. */
    <T extends MessageLite> CompletableFuture<T> callAsync(Method method, MessageLite request, Parser<T> parser) {
        CompletableFuture<T> future = new CompletableFuture<>();
        callOnce(
                method,
                request,
                parser,
                around.nowNanos() + REQUEST_NANOS,
                future::complete,
                (failure, maybeDelivered) -> future.completeExceptionally(failure));
        return future;
    }

    /** What a call ends with that is not answered; see {@link RpcException#maybeDelivered}. */
    interface Failed {
        void failed(StoreException failure, boolean maybeDelivered);
    }
}
