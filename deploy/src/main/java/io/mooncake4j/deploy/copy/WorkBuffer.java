package io.mooncake4j.deploy.copy;

import java.nio.ByteBuffer;

/** Memory that one thread uses for one value after the other. */
final class WorkBuffer {
    static final int MAX_BYTES = 16 << 20;

    private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

    /** So many bytes, {@link #MAX_BYTES} at most; good until the next call. */
    ByteBuffer take(int bytes) {
        if (buffer.capacity() < bytes) {
            buffer = ByteBuffer.allocateDirect(Math.max(bytes, Math.min(MAX_BYTES, 2 * buffer.capacity())));
        }
        return buffer.clear().limit(bytes);
    }
}
