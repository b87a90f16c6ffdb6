package io.mooncake4j.master.journal;

import java.util.Arrays;
import java.util.zip.CRC32C;

/** What every value in etcd begins and ends with: magic, version of the format, what it is; and a CRC32C of it all. */
enum Envelope {
    ENTRY(1),
    BUCKET(2),
    SEGMENTS(3),
    HEAD(4),
    META(5);

    static final int VERSION = 1;

    private static final int MAGIC = 0x6d34;
    private static final int HEADER_BYTES = 4;
    private static final int CRC_BYTES = 4;

    private final int number;

    Envelope(int number) {
        this.number = number;
    }

    Encoder start(int sizeHint) {
        Encoder out = new Encoder(sizeHint);
        begin(out);
        return out;
    }

    void begin(Encoder out) {
        out.clear();
        out.u8(MAGIC >>> Byte.SIZE);
        out.u8(MAGIC);
        out.u8(VERSION);
        out.u8(number);
    }

    static byte[] seal(Encoder out) {
        out.u32(crc(out.array(), out.length()));
        return out.toArray();
    }

    /** The value's body. */
    Decoder open(String key, byte[] value) {
        if (value.length < HEADER_BYTES + CRC_BYTES) {
            throw new FormatException(key, "its value has only " + value.length + " bytes");
        }
        Decoder header = new Decoder(key, value);
        if ((header.u8() << Byte.SIZE | header.u8()) != MAGIC) {
            throw new FormatException(
                    key,
                    "it is not of mooncake4j: another program uses this prefix",
                    "give one of them another prefix (--etcd-prefix)");
        }
        int version = header.u8();
        if (version > VERSION) {
            throw new FormatException(
                    key,
                    "it is of format " + version + ", this version reads up to " + VERSION,
                    "run a newer mooncake4j, as the other masters do");
        }
        int end = value.length - CRC_BYTES;
        if (crcOf(value) != crc(value, end)) {
            throw new FormatException(key, "its checksum is wrong");
        }
        int kind = header.u8();
        if (kind != number) {
            throw new FormatException(key, "it is of kind " + kind + ", not " + number + " (" + name() + ")");
        }
        return new Decoder(key, Arrays.copyOfRange(value, HEADER_BYTES, end));
    }

    /** The checksum that a value ends with; if it is too short for one, anything. */
    static int crcOf(byte[] value) {
        int crc = 0;
        for (int i = Math.max(0, value.length - CRC_BYTES); i < value.length; i++) {
            crc = crc << Byte.SIZE | value[i] & 0xFF;
        }
        return crc;
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
