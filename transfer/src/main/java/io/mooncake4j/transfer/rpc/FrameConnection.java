package io.mooncake4j.transfer.rpc;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection, as both sides see it: frames in and out, heartbeats, death. All of it runs on its event loop. */
abstract class FrameConnection extends ByteToMessageDecoder {
    private final int maxFrameBytes;
    private final long heartbeatNanos;
    private final long deadNanos;

    private @Nullable ChannelHandlerContext context;
    private long bytesToSkip;
    private boolean deaf;
    private boolean unflushed;
    private boolean heard;
    private int readings;
    private boolean sent;
    private long silentNanos;

    FrameConnection(int maxFrameBytes, Duration heartbeat, Duration deadAfter) {
        this.maxFrameBytes = maxFrameBytes;
        this.heartbeatNanos = heartbeat.toNanos();
        this.deadNanos = deadAfter.toNanos();
    }

    /**
     * A frame of this protocol, of a kind to be checked.
     *
     * @param body an array of {@link #roomFor}, of which so many bytes are the body
     */
    abstract void received(byte kind, int code, long id, long timeLeftMicros, byte[] body, int bodyBytes);

    /** An array for a body of so many bytes. */
    byte[] roomFor(int bodyBytes) {
        return new byte[bodyBytes];
    }

    /** A frame over the limit; its body is being skipped. */
    abstract void oversized(byte kind, long id, String text);

    /** The peer broke the protocol and this connection can't go on. */
    abstract void violated(ErrorCode code, long id, String text);

    /** Nothing moved for too long. */
    abstract void dead(String text);

    /** Whether frames that have arrived must wait. */
    boolean paused() {
        return false;
    }

    /** Whether silence is not the peer's fault. */
    boolean silenceExcused() {
        return false;
    }

    final ChannelHandlerContext context() {
        ChannelHandlerContext known = context;
        if (known == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return known;
    }

    /** Changes whenever something came from the peer. */
    final int readings() {
        return readings;
    }

    final Channel channel() {
        return context().channel();
    }

    /** The other end's address, for people. */
    final String peer() {
        return NetUtil.toSocketAddressString((InetSocketAddress) channel().remoteAddress());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        scheduleTick();
        super.channelActive(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        deaf = true;
        super.channelInactive(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) throws Exception {
        heard = true;
        readings++;
        super.channelRead(ctx, bytes);
    }

    /** Not the superclass's: it reads on although reading is paused. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        discardSomeReadBytes();
        flush();
    }

    final void write(ByteBuf frame) {
        sent = true;
        unflushed = true;
        context().write(frame, context().voidPromise());
    }

    final void flush() {
        if (unflushed) {
            unflushed = false;
            context().flush();
        }
    }

    /**
     * Ignores what comes, lets out what was written, and closes when the peer does or a heartbeat later. Closing at
     * once would reset the connection if the peer has sent more, and the reset may overtake our last frames.
     */
    final void closeSoftly() {
        deaf = true;
        context()
                .writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(written -> ((DuplexChannel) channel()).shutdownOutput());
    }

    @Override
    protected final void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (deaf) {
            in.skipBytes(in.readableBytes());
        } else if (bytesToSkip > 0) {
            int now = (int) Math.min(bytesToSkip, in.readableBytes());
            in.skipBytes(now);
            bytesToSkip -= now;
        } else if (!paused() && in.readableBytes() >= Frame.MAGIC_END) {
            decodeFrame(ctx, in, in.readerIndex());
        }
    }

    private void decodeFrame(ChannelHandlerContext ctx, ByteBuf in, int start) {
        if (Frame.magic(in, start) != Frame.MAGIC) {
            deaf = true;
            ctx.close();
            return;
        }
        if (in.readableBytes() < Frame.HEADER_BYTES) {
            return;
        }
        long frameBytes = Frame.length(in, start) + Frame.LENGTH_BYTES;
        long id = Frame.id(in, start);
        byte kind = Frame.kind(in, start);
        if (Frame.major(in, start) > Frame.MAJOR) {
            refuse(
                    ErrorCode.PROTOCOL_MISMATCH,
                    id,
                    "the peer speaks protocol version " + Frame.major(in, start) + ", this side at most " + Frame.MAJOR
                            + ": upgrade this side first");
        } else if (frameBytes < Frame.HEADER_BYTES) {
            refuse(ErrorCode.INVALID_PARAMS, id, "a frame of " + frameBytes + " bytes is shorter than its header");
        } else if (kind < Frame.REQUEST || kind > Frame.PING) {
            refuse(ErrorCode.NOT_SUPPORTED, id, "frames of kind " + kind + " are unknown here");
        } else if (frameBytes > maxFrameBytes) {
            bytesToSkip = frameBytes;
            oversized(kind, id, "a frame of " + frameBytes + " bytes; the limit here is " + maxFrameBytes);
        } else if (in.readableBytes() >= frameBytes) {
            int bodyBytes = (int) frameBytes - Frame.HEADER_BYTES;
            byte[] body = roomFor(bodyBytes);
            in.getBytes(start + Frame.HEADER_BYTES, body, 0, bodyBytes);
            int code = Frame.code(in, start);
            long timeLeftMicros = Frame.timeLeftMicros(in, start);
            in.skipBytes((int) frameBytes);
            received(kind, code, id, timeLeftMicros, body, bodyBytes);
        }
    }

    private void refuse(ErrorCode code, long id, String text) {
        deaf = true;
        violated(code, id, text);
    }

    private void scheduleTick() {
        // fixed delay: after a pause of this process one tick is late, not many
        context().executor().schedule(this::tick, heartbeatNanos, TimeUnit.NANOSECONDS);
    }

    private void tick() {
        if (!channel().isActive()) {
            return;
        }
        silentNanos = heard || silenceExcused() ? 0 : silentNanos + heartbeatNanos;
        heard = false;
        if (deaf) {
            channel().close();
        } else if (silentNanos >= deadNanos) {
            dead("nothing came for " + TimeUnit.NANOSECONDS.toMillis(silentNanos) + " ms");
        } else {
            if (!sent && channel().isWritable()) {
                write(Frame.ping(context().alloc()));
                flush();
            }
            sent = false;
            scheduleTick();
        }
    }
}
