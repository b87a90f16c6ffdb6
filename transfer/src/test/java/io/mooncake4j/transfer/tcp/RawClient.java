package io.mooncake4j.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.engine.TestNode;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Speaks the data protocol byte by byte, right or wrong. */
final class RawClient implements AutoCloseable {
    private static final int NARROW_BYTES = 128 << 10;

    private final Socket socket;
    private final DataInputStream in;

    RawClient(int port) throws IOException {
        this(new Socket("127.0.0.1", port));
    }

    private RawClient(Socket connected) throws IOException {
        socket = connected;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        in = new DataInputStream(socket.getInputStream());
    }

    /** Introduces itself, and returns the status. */
    ErrorCode hello(UUID client, long generation, long nonce) throws IOException {
        ByteBuffer hello = ByteBuffer.allocate(TcpFormat.HELLO_BYTES);
        TcpFormat.putHello(hello, client, generation, nonce);
        send(hello.array());
        return helloAnswer();
    }

    ErrorCode helloAnswer() throws IOException {
        assertThat(in.readInt()).isEqualTo(TcpFormat.MAGIC);
        assertThat(in.readShort()).isEqualTo(TcpFormat.VERSION);
        int text = in.readShort();
        ErrorCode status = ErrorCode.of(in.readInt());
        in.readInt();
        in.readNBytes(text);
        return status;
    }

    static RawClient greeted(int port, UUID client) throws IOException {
        return new RawClient(port).greet(client);
    }

    private RawClient greet(UUID client) throws IOException {
        assertThat(hello(client, 1, TestNode.NONCE)).isEqualTo(ErrorCode.OK);
        return this;
    }

    /** One whose kernel takes little for it: how much it takes unasked differs from machine to machine. */
    static RawClient greetedNarrowly(int port, UUID client) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(NARROW_BYTES); // before it connects, or it comes too late
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        return new RawClient(socket).greet(client);
    }

    /** The head of a request for operations of these lengths on range 0, one behind the other. */
    static byte[] request(AccessToken token, long id, long... lengths) {
        ByteBuffer head = ByteBuffer.allocate(
                TcpFormat.REQUEST_BYTES + token.encodedBytes() + lengths.length * TcpFormat.OP_BYTES);
        TcpFormat.putRequest(head, token, id, lengths.length);
        long offset = 0;
        for (long length : lengths) {
            head.putInt(0).putLong(offset).putLong(length);
            offset += length;
        }
        return head.array();
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** One answer, with what followed it. */
    Answer answer() throws IOException {
        long id = in.readLong();
        int op = in.readInt();
        ErrorCode status = ErrorCode.of(in.readInt());
        return new Answer(id, op, status, in.readNBytes((int) in.readLong()));
    }

    /** Whether the node has closed, after no more bytes. */
    boolean ended() throws IOException {
        return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    record Answer(long id, int op, ErrorCode status, byte[] bytes) {
        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
