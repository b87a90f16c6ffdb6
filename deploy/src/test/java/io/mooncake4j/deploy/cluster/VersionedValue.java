package io.mooncake4j.deploy.cluster;

import io.mooncake4j.deploy.load.ValuePattern;
import java.nio.ByteBuffer;

/** Values that say which version they are, and whose every other byte derives from key, version and length. */
public final class VersionedValue {
    public static final int MIN_BYTES = 16;

    private VersionedValue() {}

    /** Fills the buffer's remaining bytes; its position stays. */
    public static void fill(String key, long version, ByteBuffer value) {
        ByteBuffer bytes = value.slice();
        bytes.putLong(0, version);
        ValuePattern.of(key, version, bytes.capacity()).fill(bytes.position(Long.BYTES), Long.BYTES);
    }

    public static byte[] of(String key, long version, int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        fill(key, version, ByteBuffer.wrap(bytes));
        return bytes;
    }

    /** The version that the buffer's remaining bytes say they are. */
    public static long version(ByteBuffer value) {
        return value.getLong(value.position());
    }

    /** What is wrong with the buffer's remaining bytes; empty: nothing. */
    public static String objection(String key, ByteBuffer value) {
        ByteBuffer bytes = value.slice();
        if (bytes.capacity() < MIN_BYTES) {
            return "value of '" + key + "' has only " + bytes.capacity() + " bytes";
        }
        long version = bytes.getLong(0);
        ValuePattern.Mismatch mismatch =
                ValuePattern.of(key, version, bytes.capacity()).verify(bytes.position(Long.BYTES), Long.BYTES);
        return mismatch == null
                ? ""
                : mismatch.wrongBytes() + " of the " + bytes.capacity() + " bytes of '" + key + "' version " + version
                        + " are wrong, the first at " + mismatch.position();
    }
}
