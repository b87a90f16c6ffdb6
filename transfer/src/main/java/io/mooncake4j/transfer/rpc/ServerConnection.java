package io.mooncake4j.transfer.rpc;

import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client at the server. It is not read while too many of its requests are open or it does not take its answers. */
final class ServerConnection extends FrameConnection implements CallAnswers {
    private static final Logger log = LoggerFactory.getLogger(ServerConnection.class);

    private final RpcServerOptions options;
    private final RpcHandler handler;

    private @Nullable LoopQueue<ByteBuf> answers;
    private int inFlight;
    private boolean dispatching;
    private boolean draining;
    private boolean finished;
    private long arrivedNanos;
    private long unsentBytes;

    ServerConnection(RpcServerOptions options, RpcHandler handler) {
        super(options.maxFrameBytes, options.heartbeat, options.idleTimeout);
        this.options = options;
        this.handler = handler;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        super.handlerAdded(ctx);
        answers = new LoopQueue<>(ctx.channel().eventLoop(), this::writeAnswer, this::afterAnswers, ByteBuf::release);
    }

    /** Says why this connection is not wanted, and closes it. */
    void turnAway(ErrorCode code, String text) {
        refuseRequest(code, 0, text);
        drain();
    }

    /** Refuses what comes from now on and closes when the last answer is out. */
    void drain() {
        draining = true;
        closeWhenDrained();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) throws Exception {
        arrivedNanos = System.nanoTime();
        super.channelRead(ctx, bytes);
    }

    @Override
    byte[] roomFor(int bodyBytes) {
        return BodyRoom.take(bodyBytes);
    }

    @Override
    void received(byte kind, int code, long id, long timeLeftMicros, byte[] body, int bodyBytes) {
        boolean read = true;
        if (kind == Frame.REQUEST) {
            read = request(code, id, timeLeftMicros, body, bodyBytes);
        } else if (kind != Frame.PING) {
            violated(ErrorCode.INVALID_PARAMS, id, "a client sends requests and pings, not frames of kind " + kind);
        }
        if (read) {
            BodyRoom.giveBack(body);
        }
    }

    /** Whether nobody will look at the body any more. */
    private boolean request(int code, long id, long timeLeftMicros, byte[] body, int bodyBytes) {
        Method method = Method.of(code);
        // the request may have waited here since it arrived
        long waitedNanos = System.nanoTime() - arrivedNanos;
        long leftNanos = TimeUnit.MICROSECONDS.toNanos(timeLeftMicros) - waitedNanos;
        if (method == null) {
            refuseRequest(ErrorCode.NOT_SUPPORTED, id, "method " + code + " is unknown here: upgrade the server");
        } else if (leftNanos <= 0) {
            refuseRequest(ErrorCode.RPC_TIMEOUT, id, "the deadline of " + method + " was over before its turn came");
        } else if (draining) {
            refuseRequest(ErrorCode.RPC_FAIL, id, "the server is stopping");
        } else {
            inFlight++;
            Deadline deadline = Deadline.afterNanos(leftNanos);
            RpcCall call = new RpcCall(this, method, id, deadline, body, bodyBytes, arrivedNanos, options.observer);
            dispatch(call);
            steer();
            return call.answered();
        }
        return true;
    }

    private void refuseRequest(ErrorCode code, long id, String text) {
        write(Frame.error(context().alloc(), code, id, text));
    }

    private void dispatch(RpcCall call) {
        dispatching = true;
        try {
            handler.handle(call);
        } catch (RuntimeException | Error e) {
            if (call.answered()) {
                log.error("{} failed after its answer", call.method(), e);
            } else if (e instanceof StoreException known) {
                call.fail(known.code(), known.reason());
            } else {
                log.error("{} failed", call.method(), e);
                call.fail(ErrorCode.INTERNAL_ERROR, "the server failed: " + e);
            }
        } finally {
            dispatching = false;
        }
    }

    /** Any thread. An answer that can't be encoded becomes an error. */
    @Override
    public void reply(Method method, long id, ReplyBody body) {
        long frameBytes = (long) Frame.HEADER_BYTES + body.sizeBytes();
        if (frameBytes > options.maxFrameBytes) {
            fail(
                    id,
                    ErrorCode.FRAME_TOO_LARGE,
                    "the answer has " + frameBytes + " bytes, the limit is " + options.maxFrameBytes
                            + ": ask for less at once");
        } else {
            ByteBuf frame;
            try {
                frame = Frame.response(context().alloc(), method, id, body);
            } catch (RuntimeException | Error e) { // such as OutOfDirectMemoryError
                log.error("the answer of {} could not be encoded", method, e);
                fail(id, ErrorCode.INTERNAL_ERROR, "the server could not encode its answer: " + e);
                return;
            }
            answer(frame);
        }
    }

    /** Any thread. An error that can't be encoded either ends the connection, and so the call. */
    @Override
    public void fail(long id, ErrorCode code, String text) {
        ByteBuf frame;
        try {
            frame = Frame.error(context().alloc(), code, id, text);
        } catch (RuntimeException | Error e) {
            log.error("{}: closing, {} could not be told", peer(), code, e);
            channel().close();
            return;
        }
        answer(frame);
    }

    private void answer(ByteBuf frame) {
        LoopQueue<ByteBuf> queue = answers;
        if (queue == null || (channel().eventLoop().inEventLoop() && dispatching)) {
            writeAnswer(frame);
        } else {
            queue.add(frame);
        }
    }

    private void writeAnswer(ByteBuf frame) {
        inFlight--;
        if (channel().isActive()) {
            write(frame);
        } else {
            frame.release();
        }
    }

    private void afterAnswers() {
        flush();
        steer();
        closeWhenDrained();
    }

    private void closeWhenDrained() {
        if (draining && inFlight == 0 && !finished) {
            finished = true;
            closeSoftly();
        }
    }

    @Override
    boolean paused() {
        return inFlight >= options.maxInFlightPerConnection || !channel().isWritable();
    }

    /** Starts or stops reading. What has arrived already is decoded in a turn of its own: this may run in a decode. */
    private void steer() {
        if (paused()) {
            channel().config().setAutoRead(false);
        } else if (!channel().config().isAutoRead()) {
            channel().config().setAutoRead(true);
            context().executor().execute(this::decodeRest);
        }
    }

    private void decodeRest() {
        try {
            super.channelRead(context(), Unpooled.EMPTY_BUFFER);
            flush();
        } catch (Exception e) {
            context().fireExceptionCaught(e);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        flush();
        steer();
    }

    @Override
    boolean silenceExcused() {
        long unsent = channel().bytesBeforeWritable();
        boolean taking = unsent != unsentBytes;
        unsentBytes = unsent;
        return taking || (unsent == 0 && paused());
    }

    @Override
    void oversized(byte kind, long id, String text) {
        refuseRequest(ErrorCode.FRAME_TOO_LARGE, id, text);
    }

    @Override
    void violated(ErrorCode code, long id, String text) {
        log.debug("{}: {}", peer(), text);
        refuseRequest(code, id, text);
        drain();
    }

    @Override
    void dead(String text) {
        log.debug("{}: {}, closing", peer(), text);
        channel().close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            log.debug("{}: {}", peer(), cause.toString());
        } else {
            log.warn("{}: closing", peer(), cause);
        }
        ctx.close();
    }
}
