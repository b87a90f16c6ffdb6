package io.mooncake4j.transfer.rpc;

import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/** The array in which the requests that an event loop answers at once lie, one after the other. */
final class BodyRoom {
    private static final int STEP_BYTES = 4 << 10;
    /** Room for larger requests isn't kept. */
    private static final int MOST_BYTES = 256 << 10;

    private static final FastThreadLocal<byte @Nullable []> SPARE = new FastThreadLocal<>();

    private BodyRoom() {}

    /** An array of so many bytes or more, which nobody else has; to be given back or not. */
    static byte[] take(int bytes) {
        byte[] spare = SPARE.get();
        if (spare != null && spare.length >= bytes) {
            SPARE.set(null);
            return spare;
        }
        return new byte[bytes > MOST_BYTES ? bytes : Math.max(1, (bytes + STEP_BYTES - 1) / STEP_BYTES) * STEP_BYTES];
    }

    /** Nobody looks at the array any more. */
    static void giveBack(byte[] room) {
        if (room.length <= MOST_BYTES) {
            SPARE.set(room);
        }
    }
}
