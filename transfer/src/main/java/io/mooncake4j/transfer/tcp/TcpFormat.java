package io.mooncake4j.transfer.tcp;

import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * The layout of the data connection. All numbers are big-endian.
 *
 * <pre>
 * HELLO, client → node, once                     HELLO ANSWER, node → client, once
 *   u32 magic "MC4J"                               u32 magic
 *   u16 version                                    u16 version
 *   u16 0                                          u16 length of text
 *   u128 client id                                 s32 status: 0, else an error number, and the node closes
 *   u64 session generation                         u32 idle time-out, milliseconds
 *   u64 nonce of the node's process                text, UTF-8
 *
 * REQUEST, client → node, any number             ANSWER, node → client, one per operation, in order
 *   u32 magic                                      u64 request id
 *   u8 operation: 0 READ, 1 WRITE; u24 0           u32 index of the operation; ffffffff: all of the request
 *   u64 request id                                 s32 status: 0, else an error number
 *   u32 length of token                            u64 length of what follows:
 *   u32 operations, at most 2048                     READ that succeeded: its bytes
 *   token, see {@link AccessToken}                 WRITE that succeeded: none, and its bytes are placed
 *   per operation                                  failed: a text, UTF-8
 *     u32 range of the token
 *     u64 offset in that range
 *     u64 length
 *   WRITE: the bytes of all operations, in order
 *
 * OPEN, client → node, once, nothing after it    ANSWER as above, its index ffffffff, twice
 *   u32 magic                                      an offer, see {@link io.mooncake4j.transfer.server.DirectAccess}
 *   u8 operation: 2; u24 0                         when the client has come by all lanes: what is ready
 *   u64 request id                                 or once, refused, with a text; a refusal instead of an offer
 *   u32 length of token                              leaves the connection as it was
 *   u32 lanes, at most 2048
 *   token of either mode
 * </pre>
 *
 * Requests may be pipelined; a node serves them in order. It answers the operations of a WRITE after the last byte of
 * the request, so a client that sends a whole request before it reads can't lock up. After an answer whose index is
 * ffffffff the node may close: where the stream would be out of step.
 *
 * <p>After an OPEN that was not refused, each side is in use by the session as long as the connection is open, and sends
 * nothing more. Either closes it to end that.
 */
final class TcpFormat {
    static final int MAGIC = 0x4D43344A;
    static final short VERSION = 1;
    static final int HELLO_BYTES = 40;
    static final int HELLO_ANSWER_BYTES = 16;
    static final int REQUEST_BYTES = 24;
    static final int OP_BYTES = 20;
    static final int ANSWER_BYTES = 24;
    static final int ALL_OPS = -1;
    /** The operation behind READ and WRITE. */
    static final int OPEN = 2;
    /** All answers to a WRITE of so many operations fit into the node's output buffer. */
    static final int MAX_OPS = 2048;
    /** Room for a token of {@link AccessToken#MAX_RANGES} ranges. */
    static final int MAX_TOKEN_BYTES = 256 + AccessToken.MAX_RANGES * 20;
    /** A client begins another request above this. */
    static final long REQUEST_PAYLOAD_BYTES = 64L << 20;
    /** A node reads so much payload that it must not place, to stay in step; above, it closes. */
    static final long MAX_DRAIN_BYTES = 1L << 30;

    private static final int MAX_TEXT_BYTES = 512;

    private TcpFormat() {}

    static void putHello(ByteBuffer out, UUID client, long generation, long processNonce) {
        out.putInt(MAGIC).putShort(VERSION).putShort((short) 0);
        out.putLong(client.getMostSignificantBits()).putLong(client.getLeastSignificantBits());
        out.putLong(generation).putLong(processNonce);
    }

    static void putHelloAnswer(ByteBuffer out, ErrorCode status, int idleTimeoutMillis, byte[] text) {
        out.putInt(MAGIC).putShort(VERSION).putShort((short) text.length);
        out.putInt(status.number()).putInt(idleTimeoutMillis).put(text);
    }

    static void putRequest(ByteBuffer out, AccessToken token, long requestId, int ops) {
        putRequest(out, token.mode().ordinal(), token, requestId, ops);
    }

    static void putOpen(ByteBuffer out, AccessToken token, long requestId, int lanes) {
        putRequest(out, OPEN, token, requestId, lanes);
    }

    private static void putRequest(ByteBuffer out, int operation, AccessToken token, long requestId, int count) {
        out.putInt(MAGIC).putInt(operation << 24).putLong(requestId);
        out.putInt(token.encodedBytes()).putInt(count);
        token.encode(out);
    }

    static void putAnswer(ByteBuffer out, long requestId, int op, ErrorCode status, long length) {
        out.putLong(requestId).putInt(op).putInt(status.number()).putLong(length);
    }

    /** A failure's text for people, cut to what the other side accepts. */
    static byte[] text(StoreException failure) {
        byte[] bytes = String.valueOf(failure.getMessage()).getBytes(StandardCharsets.UTF_8);
        return bytes.length <= MAX_TEXT_BYTES ? bytes : Arrays.copyOf(bytes, MAX_TEXT_BYTES);
    }

    static boolean isTextLength(long length) {
        return length >= 0 && length <= MAX_TEXT_BYTES;
    }
}
