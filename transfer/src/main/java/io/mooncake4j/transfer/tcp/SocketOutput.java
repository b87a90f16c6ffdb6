package io.mooncake4j.transfer.tcp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;

/**
 * Writes a blocking channel: headers, small and heap payloads gather in a direct buffer; large direct payloads go
 * straight from their memory, in one system call with what had gathered. One thread.
 */
final class SocketOutput {
    static final int STAGING_BYTES = 64 << 10;
    /** Payloads below are copied into the staging buffer: cheaper than a system call of their own. */
    private static final int DIRECT_BYTES = 16 << 10;

    private final SocketChannel channel;
    private final int sliceBytes;
    private final ByteBuffer staging = ByteBuffer.allocateDirect(STAGING_BYTES);
    private final ByteBuffer[] stagedAndPayload = new ByteBuffer[2];
    private volatile long sent;
    private boolean unsure;

    SocketOutput(SocketChannel channel, int sliceBytes) {
        this.channel = channel;
        this.sliceBytes = sliceBytes;
    }

    /** Bytes that the channel has taken so far. Any thread. */
    long sent() {
        return sent;
    }

    /** Whether bytes beyond {@link #sent} may have left: the channel was closed while it was writing. */
    boolean unsure() {
        return unsure;
    }

    /** The staging buffer with room for so many bytes, which the caller puts before the next call. */
    ByteBuffer room(int bytes) throws IOException {
        if (staging.remaining() < bytes) {
            flush();
        }
        return staging;
    }

    /** Sends a buffer's remaining bytes, now or with the next flush. */
    void send(ByteBuffer source) throws IOException {
        if (source.isDirect() && source.remaining() >= DIRECT_BYTES) {
            sendDirect(source);
            return;
        }
        while (source.hasRemaining()) {
            room(1);
            int bytes = Math.min(source.remaining(), staging.remaining());
            staging.put(staging.position(), source, source.position(), bytes);
            staging.position(staging.position() + bytes);
            source.position(source.position() + bytes);
        }
    }

    void flush() throws IOException {
        staging.flip();
        while (staging.hasRemaining()) {
            unsure = true;
            try {
                count(channel.write(staging));
            } catch (IOException e) {
                throw failed(e);
            }
        }
        staging.clear();
    }

    private void sendDirect(ByteBuffer source) throws IOException {
        int end = source.limit();
        staging.flip();
        stagedAndPayload[0] = staging;
        stagedAndPayload[1] = source;
        while (source.position() < end) {
            source.limit(Math.min(end, source.position() + sliceBytes));
            unsure = true;
            try {
                count(channel.write(stagedAndPayload));
            } catch (IOException e) {
                throw failed(e);
            } finally {
                source.limit(end);
            }
        }
        stagedAndPayload[1] = staging; // a waiting connection keeps nobody's memory alive
        staging.clear();
    }

    private void count(long written) {
        sent = sent + written;
        unsure = false;
    }

    /** An error of the system call means that this call sent nothing; a close while it ran can mean anything. */
    private IOException failed(IOException e) {
        unsure = e instanceof ClosedChannelException;
        return e;
    }
}
