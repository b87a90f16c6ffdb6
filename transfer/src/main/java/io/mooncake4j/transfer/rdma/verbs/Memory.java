package io.mooncake4j.transfer.rdma.verbs;

import java.nio.ByteBuffer;

/** Where memory lies. */
public final class Memory {
    private Memory() {}

    /** The address of index 0 of a direct buffer, whatever its position. */
    public static long address(ByteBuffer direct) {
        if (!direct.isDirect()) {
            throw new IllegalArgumentException("a buffer on the heap has no address that stays");
        }
        return NativeVerbs.address(direct);
    }
}
