package io.mooncake4j.transfer.engine;

import static org.assertj.core.api.Assertions.fail;

import java.nio.ByteBuffer;

/** Bytes that derive from (seed, offset), so that any of them tells where it belongs. */
public final class BytePattern {
    private BytePattern() {}

    public static byte at(long seed, long offset) {
        long x = seed * 0x9E3779B97F4A7C15L + (offset >>> 3);
        x = (x ^ (x >>> 31)) * 0xBF58476D1CE4E5B9L;
        x ^= x >>> 29;
        return (byte) (x >>> ((offset & 7) << 3));
    }

    /** Fills the buffer's remaining bytes with the pattern from an offset on; its position stays. */
    public static void fill(ByteBuffer buffer, long seed, long offset) {
        for (int i = buffer.position(); i < buffer.limit(); i++) {
            buffer.put(i, at(seed, offset + i - buffer.position()));
        }
    }

    /** Fails unless the buffer's remaining bytes are the pattern from an offset on; its position stays. */
    public static void check(ByteBuffer buffer, long seed, long offset) {
        for (int i = buffer.position(); i < buffer.limit(); i++) {
            byte expected = at(seed, offset + i - buffer.position());
            if (buffer.get(i) != expected) {
                fail("byte " + (i - buffer.position()) + " of " + buffer.remaining() + " is " + buffer.get(i)
                        + ", expected " + expected + " of seed " + seed);
            }
        }
    }

    /** Fails unless all remaining bytes are this one. */
    public static void checkAll(ByteBuffer buffer, byte expected) {
        for (int i = buffer.position(); i < buffer.limit(); i++) {
            if (buffer.get(i) != expected) {
                fail("byte " + i + " is " + buffer.get(i) + ", expected " + expected);
            }
        }
    }
}
