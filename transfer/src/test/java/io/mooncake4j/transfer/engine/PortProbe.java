package io.mooncake4j.transfer.engine;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;

/** Somebody who says anything to a port of ours. */
public final class PortProbe {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int PING = 4;

    private PortProbe() {}

    /**
     * Sends bytes and no more, and reads until the server closes; returns what came, as far as it came.
     *
     * @throws java.net.SocketTimeoutException if the server does not close
     */
    public static byte[] sendAndAwaitEnd(int port, byte[] bytes) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            InputStream in = socket.getInputStream();
            try {
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
                return in.readAllBytes();
            } catch (SocketException e) {
                return new byte[0]; // it closed while we still spoke
            }
        }
    }

    /** Sends bytes to an RPC port and returns the first frame that comes back and is no ping. */
    public static byte[] sendAndAwaitFrame(int port, byte[] bytes) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(bytes);
            InputStream in = socket.getInputStream();
            while (true) {
                byte[] length = in.readNBytes(4);
                byte[] rest = in.readNBytes(ByteBuffer.wrap(length).getInt());
                if (rest[6] != PING) {
                    return ByteBuffer.allocate(4 + rest.length)
                            .put(length)
                            .put(rest)
                            .array();
                }
            }
        }
    }
}
