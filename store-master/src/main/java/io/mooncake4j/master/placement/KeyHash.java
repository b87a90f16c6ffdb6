package io.mooncake4j.master.placement;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The 64-bit hash that assigns objects to shards and buckets. The same on every machine and in every version. */
final class KeyHash {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long K1 = 0x9E3779B97F4A7C15L;
    private static final long K2 = 0xD6E8FEB86659FD93L;

    private KeyHash() {}

    static long of(long seed, byte[] bytes, int offset, int length) {
        long hash = seed ^ (length * K1);
        int i = offset;
        int end = offset + length;
        for (; i + Long.BYTES <= end; i += Long.BYTES) {
            hash = mix(hash ^ (long) LONGS.get(bytes, i));
        }
        long tail = 0;
        for (int shift = 0; i < end; i++, shift += Byte.SIZE) {
            tail |= (bytes[i] & 0xFFL) << shift;
        }
        return mix(mix(hash ^ tail) + K2);
    }

    private static long mix(long value) {
        long mixed = value * K1;
        mixed ^= mixed >>> 32;
        mixed *= K2;
        return mixed ^ (mixed >>> 29);
    }
}
