package io.mooncake4j.master.journal;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Reads what {@link Encoder} wrote. Every reading fails with a FormatException where the bytes are not such. */
final class Decoder {
    private final String key;
    private final byte[] bytes;
    private int position;
    private final List<UUID> segments = new ArrayList<>();

    /** @param key what the bytes are the value of, for messages */
    Decoder(String key, byte[] bytes) {
        this.key = key;
        this.bytes = bytes;
    }

    FormatException damaged(String what) {
        return new FormatException(key, what + " (at byte " + position + " of " + bytes.length + ")");
    }

    /** Of what only a later version can have written. */
    FormatException newer(String what) {
        return new FormatException(key, what, "run a newer mooncake4j, as the other masters do");
    }

    boolean atEnd() {
        return position == bytes.length;
    }

    int position() {
        return position;
    }

    int u8() {
        room(1);
        return bytes[position++] & 0xFF;
    }

    int u32() {
        room(Integer.BYTES);
        int value = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            value = value << Byte.SIZE | bytes[position++] & 0xFF;
        }
        return value;
    }

    long u64() {
        return (long) u32() << Integer.SIZE | u32() & 0xFFFF_FFFFL;
    }

    long variable() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int group = u8();
            value |= (group & 0x7FL) << shift;
            if (group < 0x80) {
                return value;
            }
        }
        throw damaged("a number without an end");
    }

    /** A number that counts things of at least one byte each. */
    int count() {
        long value = variable();
        if (value < 0 || value > bytes.length - position) {
            throw damaged("a count of " + value + " is more than there is");
        }
        return (int) value;
    }

    byte[] blob() {
        int length = count();
        byte[] blob = new byte[length];
        System.arraycopy(bytes, position, blob, 0, length);
        position += length;
        return blob;
    }

    String text() {
        CharBuffer text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(blob()));
        } catch (CharacterCodingException e) {
            throw damaged("a text that is not UTF-8");
        }
        return text.toString();
    }

    UUID uuid() {
        return new UUID(u64(), u64());
    }

    UUID segment() {
        long number = variable();
        if (number == 0) {
            UUID id = uuid();
            segments.add(id);
            return id;
        }
        if (number < 0 || number > segments.size()) {
            throw damaged("segment number " + number + " of " + segments.size());
        }
        return segments.get((int) number - 1);
    }

    private void room(int more) {
        if (more > bytes.length - position) {
            throw damaged("it ends too early");
        }
    }
}
