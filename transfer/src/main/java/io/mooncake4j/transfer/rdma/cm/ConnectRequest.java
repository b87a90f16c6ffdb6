package io.mooncake4j.transfer.rdma.cm;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The private data with which a client asks for one queue pair; big-endian, and short, since RoCE carries 56 bytes at
 * most: u16 magic, u16 version, u64 ticket, u16 index. The ticket stands for the session, and so for its client, generation
 * and epoch: the node gave it out to that session alone, after it had checked the token.
 */
record ConnectRequest(long ticket, int index) {
    static final short MAGIC = 0x4D43;
    static final short VERSION = 1;
    private static final int BYTES = 14;

    byte[] encode() {
        return ByteBuffer.allocate(BYTES)
                .putShort(MAGIC)
                .putShort(VERSION)
                .putLong(ticket)
                .putShort((short) index)
                .array();
    }

    /** Null if it is somebody else's, or of another version. Bytes behind it are padding. */
    static @Nullable ConnectRequest decode(byte[] privateData) {
        if (privateData.length < BYTES) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(privateData);
        if (in.getShort() != MAGIC || in.getShort() != VERSION) {
            return null;
        }
        long ticket = in.getLong();
        return new ConnectRequest(ticket, Short.toUnsignedInt(in.getShort()));
    }
}
