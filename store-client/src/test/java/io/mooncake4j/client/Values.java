package io.mooncake4j.client;

/** Values whose every byte derives from key, version and length. */
final class Values {
    private Values() {}

    static byte[] of(String key, int length) {
        return of(key, 0, length);
    }

    static byte[] of(String key, int version, int length) {
        byte[] value = new byte[length];
        long state = key.hashCode() * 0x9E3779B97F4A7C15L + version * 31L + length;
        for (int i = 0; i < length; i++) {
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
            value[i] = (byte) (state >>> 24);
        }
        return value;
    }
}
