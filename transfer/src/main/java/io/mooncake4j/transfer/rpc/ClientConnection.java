package io.mooncake4j.transfer.rpc;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.Empty;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server at the client: one connection, made for a candidate, and the link's from when that is the one to use. */
final class ClientConnection extends FrameConnection {
    private static final Logger log = LoggerFactory.getLogger(ClientConnection.class);
    /** Calls have positive ids. */
    private static final long ROLE_ID = -1;

    private final ClientLink link;
    private final Candidate candidate;
    private final int attempt;
    /** Calls sent here and not yet ended. */
    int inFlight;

    private boolean adopted;
    private boolean retired;
    private boolean ended;
    private ErrorCode endCode = ErrorCode.RPC_FAIL;
    private String endReason = "the server closed the connection";

    ClientConnection(ClientLink link, Candidate candidate, int attempt, RpcClientOptions options) {
        super(options.maxFrameBytes, options.heartbeat, options.deadPeerTimeout);
        this.link = link;
        this.candidate = candidate;
        this.attempt = attempt;
    }

    /** Asks whether the server leads; the candidate hears the answer. */
    void askRole(Duration timeLeft) {
        ByteBuf frame = Frame.request(context().alloc(), Method.ROLE, Empty.getDefaultInstance());
        Frame.stamp(frame, ROLE_ID, TimeUnit.NANOSECONDS.toMicros(timeLeft.toNanos()));
        write(frame);
        flush();
    }

    /** From now on this is the link's. */
    void adopt() {
        adopted = true;
    }

    /** Another server leads: ends the calls that are open here. */
    void abandon(String reason) {
        end(ErrorCode.RPC_FAIL, reason);
    }

    /** Gets no more calls; ends when those it has have ended. */
    void retire() {
        retired = true;
        closeWhenDone();
    }

    void callEnded() {
        inFlight--;
        closeWhenDone();
    }

    private void closeWhenDone() {
        if (retired && inFlight == 0) {
            context().close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        super.channelActive(ctx);
        candidate.opened(this, attempt);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        super.channelInactive(ctx);
        if (adopted) {
            link.lost(this, endCode, endReason);
        } else {
            candidate.lost(this, endReason);
        }
    }

    @Override
    void received(byte kind, int code, long id, long timeLeftMicros, byte[] body, int bodyBytes) {
        if (kind == Frame.RESPONSE && id == ROLE_ID) {
            candidate.answered(this, body);
        } else if (kind == Frame.RESPONSE) {
            link.answered(id, body);
        } else if (kind == Frame.ERROR) {
            refused(code, id, new String(body, StandardCharsets.UTF_8));
        } else if (kind != Frame.PING) {
            violated(ErrorCode.RPC_FAIL, id, "a server sends answers and pings, not frames of kind " + kind);
        }
    }

    private void refused(int number, long id, String text) {
        ErrorCode code = ErrorCode.of(number);
        String known = code.number() == number ? text : "error " + number + ", unknown here: " + text;
        if (id == 0) {
            end(ErrorCode.RPC_FAIL, "the server refused the connection: " + code + ": " + known);
        } else if (id == ROLE_ID) {
            candidate.refused(this, code, known);
        } else {
            link.refused(this, id, new StoreException(code, known));
        }
    }

    @Override
    void oversized(byte kind, long id, String text) {
        link.failed(id, ErrorCode.FRAME_TOO_LARGE, "the answer is " + text);
    }

    @Override
    void violated(ErrorCode code, long id, String text) {
        end(code == ErrorCode.PROTOCOL_MISMATCH ? code : ErrorCode.RPC_FAIL, text);
    }

    @Override
    void dead(String text) {
        end(ErrorCode.RPC_FAIL, text);
    }

    private void end(ErrorCode code, String reason) {
        if (!ended) {
            ended = true;
            endCode = code;
            endReason = reason;
            context().close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            log.warn("{}: closing", peer(), cause);
        }
        end(ErrorCode.RPC_FAIL, cause.toString());
    }
}
