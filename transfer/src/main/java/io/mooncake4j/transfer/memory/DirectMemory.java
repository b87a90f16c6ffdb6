package io.mooncake4j.transfer.memory;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.ByteBuffer;

/** Memory of this process, outside the heap. */
final class DirectMemory {
    private DirectMemory() {}

    /** Zeroed bytes that begin at a cache line. */
    static ByteBuffer allocate(int bytes) {
        int alignment = SegmentMemoryOptions.ALIGNMENT_BYTES;
        try {
            return ByteBuffer.allocateDirect(bytes + alignment)
                    .alignedSlice(alignment)
                    .slice(0, bytes);
        } catch (OutOfMemoryError e) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "this JVM may not have " + bytes + " more bytes of direct memory: raise -XX:MaxDirectMemorySize, or"
                            + " ask for less (--segment-size of a node, the pool size of a client)",
                    e);
        }
    }
}
