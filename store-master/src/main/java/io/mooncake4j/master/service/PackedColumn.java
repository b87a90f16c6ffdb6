package io.mooncake4j.master.service;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A repeated field of numbers, encoded as it grows. For one thread, to be used again. */
final class PackedColumn {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int LEAST_BYTES = 256;
    /** A larger column's room isn't kept. */
    private static final int KEPT_BYTES = 64 << 10;

    private static final int LONGEST_VARINT = 10;

    private byte[] bytes = new byte[LEAST_BYTES];
    private int size;

    void clear() {
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[LEAST_BYTES];
        }
        size = 0;
    }

    /** As uint32 and uint64; an int's sign is not to be extended. */
    void varint(long value) {
        makeRoom(LONGEST_VARINT);
        long left = value;
        while ((left & ~0x7FL) != 0) {
            bytes[size++] = (byte) (left | 0x80);
            left >>>= 7;
        }
        bytes[size++] = (byte) left;
    }

    /** As sint32. */
    void zigZag(int value) {
        varint(Integer.toUnsignedLong(CodedOutputStream.encodeZigZag32(value)));
    }

    /** As fixed64. */
    void fixed(long value) {
        makeRoom(Long.BYTES);
        LONGS.set(bytes, size, value);
        size += Long.BYTES;
    }

    private void makeRoom(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, 2 * bytes.length);
        }
    }

    /** Of the field with its tag; an empty one is left out. */
    int sizeBytes(int field) {
        return size == 0 ? 0 : Delimited.sizeBytes(field, size);
    }

    void writeTo(CodedOutputStream out, int field) throws IOException {
        if (size > 0) {
            Delimited.begin(out, field, size);
            out.write(bytes, 0, size);
        }
    }
}
