package io.mooncake4j.transfer.rdma;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where a node's regions lie, and their keys; big-endian: u32 count, then for each u64 address, u64 length, u32 key. Not
 * to be changed once made.
 */
record RegionTable(long[] addresses, long[] lengths, int[] keys) {
    static final RegionTable NONE = new RegionTable(new long[0], new long[0], new int[0]);
    private static final int ENTRY_BYTES = 20;

    int count() {
        return keys.length;
    }

    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(Integer.BYTES + keys.length * ENTRY_BYTES);
        out.putInt(keys.length);
        for (int i = 0; i < keys.length; i++) {
            out.putLong(addresses[i]).putLong(lengths[i]).putInt(keys[i]);
        }
        return out.array();
    }

    /** @throws IOException if it is none */
    static RegionTable decode(byte[] bytes) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int count = bytes.length < Integer.BYTES ? -1 : in.getInt();
        if (count < 0 || in.remaining() != (long) count * ENTRY_BYTES) {
            throw new IOException("the node's table of " + count + " regions has " + bytes.length + " bytes");
        }
        long[] addresses = new long[count];
        long[] lengths = new long[count];
        int[] keys = new int[count];
        for (int i = 0; i < count; i++) {
            addresses[i] = in.getLong();
            lengths[i] = in.getLong();
            keys[i] = in.getInt();
            if (lengths[i] < 0) {
                throw new IOException("the node's table has a region of " + lengths[i] + " bytes");
            }
        }
        return new RegionTable(addresses, lengths, keys);
    }
}
