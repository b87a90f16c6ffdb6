package io.mooncake4j.transfer.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One request at the server. */
public final class RpcCall {
    private static final AtomicIntegerFieldUpdater<RpcCall> ANSWERED =
            AtomicIntegerFieldUpdater.newUpdater(RpcCall.class, "answered");

    private final CallAnswers answers;
    private final Method method;
    private final long id;
    private final Deadline deadline;
    private final byte[] body;
    private final int bodyBytes;
    private final long arrivedNanos;
    private final RpcObserver observer;
    private volatile int answered;
    private @Nullable Supplier<? extends @Nullable StoreException> guard;

    RpcCall(CallAnswers answers, Method method, long id, Deadline deadline, byte[] body) {
        this(answers, method, id, deadline, body, body.length, 0, RpcObserver.NONE);
    }

    RpcCall(
            CallAnswers answers,
            Method method,
            long id,
            Deadline deadline,
            byte[] body,
            int bodyBytes,
            long arrivedNanos,
            RpcObserver observer) {
        this.answers = answers;
        this.method = method;
        this.id = id;
        this.deadline = deadline;
        this.body = body;
        this.bodyBytes = bodyBytes;
        this.arrivedNanos = arrivedNanos;
        this.observer = observer;
    }

    public Method method() {
        return method;
    }

    /** When the caller gives up. */
    public Deadline deadline() {
        return deadline;
    }

    /**
     * The request.
     *
     * @throws StoreException INVALID_PARAMS if the body is no such message
     */
    public <T> T parse(Parser<T> parser) {
        try {
            return parser.parseFrom(body, 0, bodyBytes);
        } catch (InvalidProtocolBufferException e) {
            throw malformed(e);
        }
    }

    /**
     * Has the request read where it lies. As {@link #parse}, before the call is answered.
     *
     * @throws StoreException INVALID_PARAMS if the reader finds that the body is no message
     */
    public void read(BodyReader reader) {
        try {
            reader.read(body, bodyBytes);
        } catch (InvalidProtocolBufferException e) {
            throw malformed(e);
        }
    }

    private StoreException malformed(InvalidProtocolBufferException e) {
        return new StoreException(
                ErrorCode.INVALID_PARAMS, "the body of " + method + " is malformed: " + e.getMessage(), e);
    }

    /**
     * Looks, when the answer is ready, or an error, and before it is written, whether something forbids it; if so that is
     * said instead. To be set before that.
     */
    public void guardedBy(Supplier<? extends @Nullable StoreException> objection) {
        guard = objection;
    }

    /** Answers. Any thread; of reply and fail exactly one, once. */
    public void reply(MessageLite response) {
        reply(new MessageReply(response));
    }

    /** As {@link #reply(MessageLite)}; the body is encoded before this returns, and can be used again. */
    public void reply(ReplyBody response) {
        StoreException objection = objection();
        if (objection != null) {
            refuse(objection.code(), objection.reason());
            return;
        }
        claim(false);
        answers.reply(method, id, response);
    }

    /** Answers with a typed error. Any thread; of reply and fail exactly one, once. */
    public void fail(ErrorCode code, String message) {
        StoreException objection = objection();
        if (objection == null) {
            refuse(code, message);
        } else {
            refuse(objection.code(), objection.reason());
        }
    }

    private @Nullable StoreException objection() {
        return guard == null ? null : guard.get();
    }

    private void refuse(ErrorCode code, String message) {
        claim(true);
        answers.fail(id, code, message);
    }

    boolean answered() {
        return answered != 0;
    }

    private void claim(boolean failed) {
        if (!ANSWERED.compareAndSet(this, 0, 1)) {
            throw new IllegalStateException(method + " was answered before");
        }
        if (observer != RpcObserver.NONE) {
            observer.answered(method, System.nanoTime() - arrivedNanos, failed);
        }
    }
}
