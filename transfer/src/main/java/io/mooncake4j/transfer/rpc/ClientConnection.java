package io.mooncake4j.transfer.rpc;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server at the client: one connection of a link, from its establishment to its end. */
final class ClientConnection extends FrameConnection {
    private static final Logger log = LoggerFactory.getLogger(ClientConnection.class);

    private final ClientLink link;
    /** Calls sent here and not yet ended. */
    int inFlight;

    private boolean retired;
    private boolean ended;
    private ErrorCode endCode = ErrorCode.RPC_FAIL;
    private String endReason = "the server closed the connection";

    ClientConnection(ClientLink link, RpcClientOptions options) {
        super(options.maxFrameBytes, options.heartbeat, options.deadPeerTimeout);
        this.link = link;
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
        link.connected(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        super.channelInactive(ctx);
        link.lost(this, endCode, endReason);
    }

    @Override
    void received(byte kind, int code, long id, long timeLeftMicros, byte[] body) {
        if (kind == Frame.RESPONSE) {
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
