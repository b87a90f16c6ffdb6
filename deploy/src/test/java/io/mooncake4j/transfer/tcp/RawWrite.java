package io.mooncake4j.transfer.tcp;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One WRITE of one extent over a connection of its own, sent piece by piece, whether or not it is allowed. */
public final class RawWrite implements AutoCloseable {
    private final SocketChannel channel;

    /** Connects and says who it is; {@link #greeting} is the node's answer. */
    public RawWrite(SegmentTarget target) throws IOException {
        channel = SocketChannel.open(new InetSocketAddress(target.host(), target.dataPort()));
        AccessToken token = target.token();
        ByteBuffer hello = ByteBuffer.allocate(TcpFormat.HELLO_BYTES);
        TcpFormat.putHello(hello, token.clientId(), token.generation(), token.processNonce());
        send(hello.flip());
    }

    /** All of a put's bytes in one go. */
    public static void place(SegmentTarget target, ByteBuffer bytes) throws IOException {
        try (RawWrite write = new RawWrite(target)) {
            write.greeting();
            write.begin(target.token(), bytes.remaining());
            write.send(bytes);
            write.placed();
        }
    }

    public ErrorCode greeting() throws IOException {
        ByteBuffer answer = receive(TcpFormat.HELLO_ANSWER_BYTES);
        ErrorCode status = ErrorCode.of(answer.getInt(8));
        receive(answer.getShort(6));
        return status;
    }

    /** Asks to write the first bytes of the token's first range; their payload is to follow. */
    public void begin(AccessToken token, long lengthBytes) throws IOException {
        begin(token, 0, 0, lengthBytes);
    }

    /** Asks to write any part of any range. */
    public void begin(AccessToken token, int range, long offset, long lengthBytes) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(TcpFormat.REQUEST_BYTES + token.encodedBytes() + TcpFormat.OP_BYTES);
        head.putInt(TcpFormat.MAGIC)
                .putInt(AccessToken.Mode.WRITE.ordinal() << 24)
                .putLong(1);
        head.putInt(token.encodedBytes()).putInt(1);
        token.encode(head);
        head.putInt(range).putLong(offset).putLong(lengthBytes);
        send(head.flip());
    }

    public void send(ByteBuffer payload) throws IOException {
        ByteBuffer rest = payload.duplicate();
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    /** The node's word on the write; OK: it is placed. */
    public ErrorCode answer() throws IOException {
        ByteBuffer answer = receive(TcpFormat.ANSWER_BYTES);
        return ErrorCode.of(answer.getInt(12));
    }

    /** As {@link #answer}; a refusal is thrown with its text. */
    public void placed() throws IOException {
        ByteBuffer answer = receive(TcpFormat.ANSWER_BYTES);
        ErrorCode status = ErrorCode.of(answer.getInt(12));
        if (status != ErrorCode.OK) {
            throw new StoreException(
                    status,
                    StandardCharsets.UTF_8
                            .decode(receive((int) answer.getLong(16)))
                            .toString());
        }
    }

    private ByteBuffer receive(int bytes) throws IOException {
        ByteBuffer received = ByteBuffer.allocate(bytes);
        while (received.hasRemaining()) {
            if (channel.read(received) < 0) {
                throw new EOFException("the node closed the connection");
            }
        }
        return received.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
