package io.mooncake4j.master.journal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A growing array that values are written to: fixed numbers big-endian, variable ones in 7-bit groups, the lowest first.
 * Segment ids are written in full at their first use, by number from then on. Not thread-safe.
 */
final class Encoder {
    private byte[] bytes;
    private int length;
    private final Map<UUID, Integer> segments = new HashMap<>();

    Encoder(int sizeHint) {
        bytes = new byte[sizeHint];
    }

    int length() {
        return length;
    }

    byte[] toArray() {
        return Arrays.copyOf(bytes, length);
    }

    /** The array itself, of which {@link #length} bytes are in use. */
    byte[] array() {
        return bytes;
    }

    void clear() {
        length = 0;
        segments.clear();
    }

    void u8(int value) {
        room(1);
        bytes[length++] = (byte) value;
    }

    void u32(int value) {
        room(Integer.BYTES);
        for (int shift = 24; shift >= 0; shift -= Byte.SIZE) {
            bytes[length++] = (byte) (value >>> shift);
        }
    }

    void u64(long value) {
        room(Long.BYTES);
        for (int shift = 56; shift >= 0; shift -= Byte.SIZE) {
            bytes[length++] = (byte) (value >>> shift);
        }
    }

    void variable(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    void blob(byte[] value) {
        variable(value.length);
        room(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
    }

    void text(String value) {
        blob(value.getBytes(StandardCharsets.UTF_8));
    }

    void uuid(UUID value) {
        u64(value.getMostSignificantBits());
        u64(value.getLeastSignificantBits());
    }

    void segment(UUID id) {
        Integer known = segments.get(id);
        if (known == null) {
            variable(0);
            uuid(id);
            segments.put(id, segments.size() + 1);
        } else {
            variable(known);
        }
    }

    /** Overwrites what was written before. */
    void u32At(int position, int value) {
        int end = length;
        length = position;
        u32(value);
        length = end;
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
        }
    }
}
