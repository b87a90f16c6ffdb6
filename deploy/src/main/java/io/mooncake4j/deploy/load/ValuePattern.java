package io.mooncake4j.deploy.load;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one value, every one derived from (key, version, length): a stream of 8-byte words that can be made and
 * checked from any offset. No two values share a word by more than chance, and no word repeats within a value, so a byte
 * of another value or of another place shows.
 */
public final class ValuePattern {
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;
    /** Words checked between two looks at the result: the inner loop has no branch. */
    private static final int STRIDE_WORDS = 512;

    /**
     * Bytes that are not the value's.
     *
     * @param position the first one's, counted from the start of the value
     */
    public record Mismatch(long position, long wrongBytes) {}

    private final long seed;

    private ValuePattern(long seed) {
        this.seed = seed;
    }

    public static ValuePattern of(String key, long version, long lengthBytes) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ key.charAt(i)) * 0x100000001B3L;
        }
        return new ValuePattern(mix(mix(mix(hash) + version) + lengthBytes));
    }

    /**
     * Fills the rest of the buffer with the value's bytes from an offset on; the position stays.
     *
     * @param offset in bytes from the start of the value
     */
    public void fill(ByteBuffer buffer, long offset) {
        ByteBuffer to = buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int at = to.position();
        int end = to.limit();
        long place = offset;
        for (; at < end && (place & 7) != 0; at++, place++) {
            to.put(at, byteAt(place));
        }
        long input = seed + (place >>> 3);
        int wordsEnd = at + (end - at & ~7);
        place += wordsEnd - at;
        for (; at < wordsEnd; at += Long.BYTES) {
            to.putLong(at, word(input++));
        }
        for (; at < end; at++, place++) {
            to.put(at, byteAt(place));
        }
    }

    /**
     * Compares the rest of the buffer with the value's bytes from an offset on; the position stays.
     *
     * @return null when every byte is right
     */
    public @Nullable Mismatch verify(ByteBuffer buffer, long offset) {
        ByteBuffer from = buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int start = from.position();
        int length = from.remaining();
        int head = (int) Math.min(length, -offset & 7);
        int tailStart = head + (length - head & ~7);
        boolean right = sameBytes(from, start, 0, head, offset)
                && sameWords(from, start + head, start + tailStart, seed + (offset + head >>> 3))
                && sameBytes(from, start, tailStart, length, offset);
        return right ? null : locate(from, start, length, offset);
    }

    private boolean sameWords(ByteBuffer from, int start, int end, long firstInput) {
        long input = firstInput;
        for (int at = start; at < end; ) {
            int strideEnd = Math.min(end, at + STRIDE_WORDS * Long.BYTES);
            long difference = 0;
            for (; at < strideEnd; at += Long.BYTES) {
                difference |= from.getLong(at) ^ word(input++);
            }
            if (difference != 0) {
                return false;
            }
        }
        return true;
    }

    private boolean sameBytes(ByteBuffer from, int start, int first, int end, long offset) {
        for (int i = first; i < end; i++) {
            if (from.get(start + i) != byteAt(offset + i)) {
                return false;
            }
        }
        return true;
    }

    private Mismatch locate(ByteBuffer from, int start, int length, long offset) {
        long position = -1;
        long wrong = 0;
        for (int i = 0; i < length; i++) {
            if (from.get(start + i) != byteAt(offset + i)) {
                position = wrong == 0 ? offset + i : position;
                wrong++;
            }
        }
        return new Mismatch(position, wrong);
    }

    private byte byteAt(long place) {
        return (byte) (word(seed + (place >>> 3)) >>> ((place & 7) << 3));
    }

    /** A bijection: different inputs, different words. */
    private static long word(long input) {
        long product = input * MULTIPLIER;
        return product ^ product >>> 32;
    }

    private static long mix(long input) {
        long z = (input ^ input >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
