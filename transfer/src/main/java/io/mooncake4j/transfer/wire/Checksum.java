package io.mooncake4j.transfer.wire;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** An optional CRC-32C as one 64-bit number: 0 is "none", else bit 32 is set and the low half is the CRC. */
public final class Checksum {
    public static final long NONE = 0;
    private static final long PRESENT = 1L << 32;

    private Checksum() {}

    public static long of(CRC32C crc) {
        return PRESENT | crc.getValue();
    }

    /** The checksum of the buffers' remaining bytes, in order; positions stay. */
    public static long of(ByteBuffer... buffers) {
        CRC32C crc = new CRC32C();
        for (ByteBuffer buffer : buffers) {
            crc.update(buffer.duplicate());
        }
        return of(crc);
    }

    public static boolean present(long checksum) {
        return (checksum & PRESENT) != 0;
    }
}
