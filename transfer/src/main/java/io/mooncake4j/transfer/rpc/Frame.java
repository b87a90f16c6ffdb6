package io.mooncake4j.transfer.rpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The layout of a frame, known here and nowhere else. Numbers are big-endian; the header is the same in all versions.
 *
 * <pre>
 *  0  u32  length     bytes that follow this field: 28 and the body
 *  4  u32  magic      "MC4J"; anything else closes the connection
 *  8  u8   major      a larger one than the receiver's is refused with PROTOCOL_MISMATCH
 *  9  u8   minor      a larger one may bring methods, error numbers and message fields, nothing else
 * 10  u8   kind       1 request, 2 response, 3 error, 4 ping
 * 11  u8   reserved   0
 * 12  i32  code       request, response: number of the method; error: number of the error; ping: 0
 * 16  u64  id         request: unlike that of all open requests of the connection; response, error: the request's;
 *                     error with 0: about the connection, which is then closed; ping: 0
 * 24  u64  time left  request: microseconds until the caller gives up; else 0
 * 32  body            request, response: one protobuf message; error: UTF-8 text for people, that of NOT_LEADER as in
 *                     NotLeader; ping: empty
 * </pre>
 *
 * Requests are pipelined, answers come in any order. Both sides send pings so often that something is sent at least
 * every heartbeat; nothing answers a ping.
 */
final class Frame {
    static final int MAGIC = 0x4D43344A;
    static final int MAJOR = 1;
    static final int MINOR = 0;

    static final byte REQUEST = 1;
    static final byte RESPONSE = 2;
    static final byte ERROR = 3;
    static final byte PING = 4;

    static final int HEADER_BYTES = 32;
    /** What {@code length} leaves out. */
    static final int LENGTH_BYTES = 4;
    /** Enough to tell whether the peer speaks this protocol. */
    static final int MAGIC_END = 8;

    private static final int MAGIC_AT = 4;
    private static final int MAJOR_AT = 8;
    private static final int KIND_AT = 10;
    private static final int CODE_AT = 12;
    private static final int ID_AT = 16;
    private static final int TIME_LEFT_AT = 24;

    private static final int MAX_TEXT_CHARS = 4096;

    private Frame() {}

    static long length(ByteBuf in, int start) {
        return in.getUnsignedInt(start);
    }

    static int magic(ByteBuf in, int start) {
        return in.getInt(start + MAGIC_AT);
    }

    static int major(ByteBuf in, int start) {
        return in.getUnsignedByte(start + MAJOR_AT);
    }

    static byte kind(ByteBuf in, int start) {
        return in.getByte(start + KIND_AT);
    }

    static int code(ByteBuf in, int start) {
        return in.getInt(start + CODE_AT);
    }

    static long id(ByteBuf in, int start) {
        return in.getLong(start + ID_AT);
    }

    /** Microseconds; more than a long holds is the largest long. */
    static long timeLeftMicros(ByteBuf in, int start) {
        long micros = in.getLong(start + TIME_LEFT_AT);
        return micros < 0 ? Long.MAX_VALUE : micros;
    }

    /** A request that still lacks what {@link #stamp} adds. */
    static ByteBuf request(ByteBufAllocator allocator, Method method, MessageLite body) {
        return message(allocator, REQUEST, method.number(), 0, new MessageReply(body));
    }

    static void stamp(ByteBuf request, long id, long timeLeftMicros) {
        request.setLong(ID_AT, id);
        request.setLong(TIME_LEFT_AT, timeLeftMicros);
    }

    static ByteBuf response(ByteBufAllocator allocator, Method method, long id, ReplyBody body) {
        return message(allocator, RESPONSE, method.number(), id, body);
    }

    static ByteBuf error(ByteBufAllocator allocator, ErrorCode code, long id, String text) {
        CharSequence shown = text.length() > MAX_TEXT_CHARS ? text.substring(0, MAX_TEXT_CHARS) : text;
        int bodyBytes = ByteBufUtil.utf8Bytes(shown);
        ByteBuf frame = header(allocator, ERROR, code.number(), id, bodyBytes);
        ByteBufUtil.reserveAndWriteUtf8(frame, shown, bodyBytes);
        return frame;
    }

    static ByteBuf ping(ByteBufAllocator allocator) {
        return header(allocator, PING, 0, 0, 0);
    }

    private static ByteBuf message(ByteBufAllocator allocator, byte kind, int code, long id, ReplyBody body) {
        int bodyBytes = body.sizeBytes();
        ByteBuf frame = header(allocator, kind, code, id, bodyBytes);
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(frame.internalNioBuffer(HEADER_BYTES, bodyBytes));
            body.writeTo(out);
            out.checkNoSpaceLeft(); // what is left would be of somebody else's frame
            out.flush();
            frame.writerIndex(HEADER_BYTES + bodyBytes);
            return frame;
        } catch (IOException e) {
            frame.release();
            throw new UncheckedIOException("cannot encode " + body.getClass().getSimpleName(), e);
        } catch (RuntimeException | Error e) {
            frame.release();
            throw e;
        }
    }

    private static ByteBuf header(ByteBufAllocator allocator, byte kind, int code, long id, int bodyBytes) {
        ByteBuf frame = allocator.directBuffer(HEADER_BYTES + bodyBytes, HEADER_BYTES + bodyBytes);
        frame.writeInt(HEADER_BYTES - LENGTH_BYTES + bodyBytes);
        frame.writeInt(MAGIC);
        frame.writeInt(MAJOR << 24 | MINOR << 16 | kind << 8);
        frame.writeInt(code);
        frame.writeLong(id);
        frame.writeLong(0);
        return frame;
    }
}
