package io.mooncake4j.transfer.rpc;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** One end of a connection that says exactly what a test wants. Knows the layout of frames by itself. */
final class RawPeer implements AutoCloseable {
    static final int MAGIC = 0x4D43344A;

    private static final int NARROW_BYTES = 128 << 10;

    private final Socket socket;
    private final DataInputStream in;

    /** A frame as it was received. */
    record Received(int major, int kind, int code, long id, long timeLeftMicros, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    RawPeer(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(30_000);
        this.in = new DataInputStream(socket.getInputStream());
    }

    static RawPeer connect(int port) throws IOException {
        return new RawPeer(new Socket("127.0.0.1", port));
    }

    /** One whose kernel takes little for it: how much it takes unasked differs from machine to machine. */
    static RawPeer connectNarrowly(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(NARROW_BYTES); // before it connects, or it comes too late
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        return new RawPeer(socket);
    }

    static byte[] frame(int magic, int major, int kind, int code, long id, long timeLeftMicros, byte[] body) {
        return ByteBuffer.allocate(32 + body.length)
                .putInt(28 + body.length)
                .putInt(magic)
                .put((byte) major)
                .put((byte) 0)
                .put((byte) kind)
                .put((byte) 0)
                .putInt(code)
                .putLong(id)
                .putLong(timeLeftMicros)
                .put(body)
                .array();
    }

    static byte[] request(int method, long id, byte[] body) {
        return frame(MAGIC, 1, 1, method, id, 30_000_000, body);
    }

    static byte[] ping() {
        return frame(MAGIC, 1, 4, 0, 0, 0, new byte[0]);
    }

    void send(byte[]... frames) {
        try {
            OutputStream out = new DataOutputStream(socket.getOutputStream());
            ByteBuffer all = ByteBuffer.allocate(65536 * 16);
            for (byte[] frame : frames) {
                all.put(frame);
            }
            out.write(all.array(), 0, all.position());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next frame that is no ping. */
    Received receive() throws IOException {
        Received frame = receiveAny();
        while (frame.kind() == 4) {
            frame = receiveAny();
        }
        return frame;
    }

    Received receiveAny() throws IOException {
        int length = in.readInt();
        if (in.readInt() != MAGIC) {
            throw new IOException("wrong magic");
        }
        int major = in.readUnsignedByte();
        in.skipBytes(1);
        int kind = in.readUnsignedByte();
        in.skipBytes(1);
        int code = in.readInt();
        long id = in.readLong();
        long timeLeft = in.readLong();
        byte[] body = new byte[length - 28];
        in.readFully(body);
        return new Received(major, kind, code, id, timeLeft, body);
    }

    /** Whether the other side has closed, after what it sent before. */
    boolean closedByPeer() throws IOException {
        try {
            while (true) {
                if (receiveAny().kind() != 4) {
                    return false;
                }
            }
        } catch (java.io.EOFException | java.net.SocketException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
