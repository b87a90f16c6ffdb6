package io.mooncake4j.transfer.tcp;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * Reads a blocking channel: headers and small payloads through a direct buffer, of which one system call fills as much
 * as has arrived; large payloads straight into their destination, together with the header that follows. One thread.
 */
final class SocketInput {
    static final int STAGING_BYTES = 64 << 10;
    /** Payloads below are copied out of the staging buffer: cheaper than a system call of their own. */
    private static final int DIRECT_BYTES = 16 << 10;
    /** Read behind a large payload: the next header, and little else that would be copied twice. */
    private static final int TAIL_BYTES = 512;

    private final SocketChannel channel;
    private final int sliceBytes;
    private final ByteBuffer staging = ByteBuffer.allocateDirect(STAGING_BYTES).limit(0);
    private final ByteBuffer[] payloadAndTail = new ByteBuffer[2];
    private volatile long received;

    SocketInput(SocketChannel channel, int sliceBytes) {
        this.channel = channel;
        this.sliceBytes = sliceBytes;
    }

    /** Bytes that have arrived so far. Any thread. */
    long received() {
        return received;
    }

    /** Waits for so many bytes, at most {@link #STAGING_BYTES}; the caller consumes exactly them, before the next call. */
    ByteBuffer take(int bytes) throws IOException {
        if (staging.remaining() < bytes) {
            staging.compact();
            while (staging.position() < bytes) {
                count(channel.read(staging));
            }
            staging.flip();
        }
        return staging;
    }

    /** Fills a buffer to its limit. */
    void fill(ByteBuffer destination) throws IOException {
        takeStaged(destination);
        while (destination.hasRemaining()) {
            if (destination.isDirect() && destination.remaining() >= DIRECT_BYTES) {
                readInto(destination);
            } else {
                staging.clear();
                int read = channel.read(staging);
                staging.flip();
                count(read);
                takeStaged(destination);
            }
        }
    }

    void skip(long bytes) throws IOException {
        long left = bytes;
        while (left > 0) {
            take(1);
            int skipped = (int) Math.min(left, staging.remaining());
            staging.position(staging.position() + skipped);
            left -= skipped;
        }
    }

    String takeText(int bytes) throws IOException {
        byte[] text = new byte[bytes];
        take(bytes).get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private void readInto(ByteBuffer destination) throws IOException {
        if (destination.remaining() > sliceBytes) {
            int limit = destination.limit();
            destination.limit(destination.position() + sliceBytes);
            try {
                count(channel.read(destination));
            } finally {
                destination.limit(limit);
            }
            return;
        }
        staging.clear().limit(TAIL_BYTES);
        payloadAndTail[0] = destination;
        payloadAndTail[1] = staging;
        long read;
        try {
            read = channel.read(payloadAndTail);
        } finally {
            staging.flip();
            payloadAndTail[0] = staging; // a waiting connection keeps nobody's memory alive
        }
        count(read);
    }

    private void takeStaged(ByteBuffer destination) {
        int bytes = Math.min(destination.remaining(), staging.remaining());
        if (bytes > 0) {
            destination.put(destination.position(), staging, staging.position(), bytes);
            destination.position(destination.position() + bytes);
            staging.position(staging.position() + bytes);
        }
    }

    private void count(long read) throws IOException {
        if (read < 0) {
            throw new EOFException("the peer closed the connection");
        }
        received = received + read;
    }
}
