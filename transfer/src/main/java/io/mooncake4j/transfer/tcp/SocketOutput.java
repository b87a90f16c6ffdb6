package io.mooncake4j.transfer.tcp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/**
 * Writes a blocking channel: headers, small and heap payloads are copied into a direct buffer; large direct payloads
 * go straight from their memory. All of it gathers until a system call is worth its while, or the flush. One thread.
 */
final class SocketOutput {
    static final int STAGING_BYTES = 64 << 10;
    /** Payloads below are copied into the staging buffer: cheaper than an entry of their own. */
    private static final int DIRECT_BYTES = 16 << 10;

    private static final int GATHER_BYTES = 512 << 10;
    private static final int GATHER_BUFFERS = 64;

    private final SocketChannel channel;
    private final int sliceBytes;
    private final ByteBuffer staging = ByteBuffer.allocateDirect(STAGING_BYTES);
    /** A view of the staging buffer for each place among the gathered buffers. */
    private final ByteBuffer[] views = new ByteBuffer[GATHER_BUFFERS];

    private final ByteBuffer[] gathered = new ByteBuffer[GATHER_BUFFERS];
    private int gatheredCount;
    private long gatheredBytes;
    /** Where the staged bytes begin that no gathered view covers. */
    private int viewed;

    private volatile long sent;
    private boolean unsure;

    SocketOutput(SocketChannel channel, int sliceBytes) {
        this.channel = channel;
        this.sliceBytes = sliceBytes;
        Arrays.setAll(views, i -> staging.duplicate());
        Arrays.fill(gathered, staging);
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

    /** Sends a buffer's remaining bytes, which must stay as they are until the flush. */
    void send(ByteBuffer source) throws IOException {
        if (!source.isDirect() || source.remaining() < DIRECT_BYTES) {
            copy(source);
        } else if (source.remaining() <= sliceBytes) {
            gather(source);
        } else {
            for (int from = source.position(); from < source.limit(); from += sliceBytes) {
                gather(source.slice(from, Math.min(sliceBytes, source.limit() - from)));
            }
        }
    }

    /** Returns when the channel has taken everything. */
    void flush() throws IOException {
        gatherStaged();
        int first = 0;
        while (first < gatheredCount) {
            unsure = true;
            try {
                sent = sent + channel.write(gathered, first, gatheredCount - first);
                unsure = false;
            } catch (IOException e) {
                // an error of the system call means that this call sent nothing; a close while it ran, anything
                unsure = e instanceof ClosedChannelException;
                throw e;
            }
            while (first < gatheredCount && !gathered[first].hasRemaining()) {
                first++;
            }
        }
        Arrays.fill(gathered, 0, gatheredCount, staging); // a waiting connection keeps nobody's memory alive
        gatheredCount = 0;
        gatheredBytes = 0;
        viewed = 0;
        staging.clear();
    }

    private void copy(ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            room(1);
            int bytes = Math.min(source.remaining(), staging.remaining());
            staging.put(staging.position(), source, source.position(), bytes);
            staging.position(staging.position() + bytes);
            source.position(source.position() + bytes);
        }
    }

    private void gather(ByteBuffer source) throws IOException {
        gatherStaged();
        gathered[gatheredCount++] = source;
        gatheredBytes += source.remaining();
        if (gatheredBytes >= GATHER_BYTES || gatheredCount > GATHER_BUFFERS - 3) {
            flush();
        }
    }

    private void gatherStaged() {
        if (staging.position() > viewed) {
            gathered[gatheredCount] =
                    views[gatheredCount].limit(staging.position()).position(viewed);
            gatheredCount++;
            viewed = staging.position();
        }
    }
}
