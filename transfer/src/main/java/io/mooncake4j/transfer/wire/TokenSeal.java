package io.mooncake4j.transfer.wire;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Computes the seals of access tokens whose ranges come one by one, as {@link AccessToken#sealedBy} gives them, and makes
 * no garbage with each range. For one thread, to be used again.
 */
public final class TokenSeal {
    private static final int LEAST_RANGES = 32;
    /** Room for more ranges isn't kept. */
    private static final int KEPT_RANGES = 4096;

    private ByteBuffer sealed = room(LEAST_RANGES);
    private int count;

    private static ByteBuffer room(int ranges) {
        return ByteBuffer.allocate(AccessToken.FIXED_BYTES + ranges * AccessToken.RANGE_BYTES);
    }

    /** The next token, without ranges. */
    public void begin(
            AccessToken.Mode mode,
            UUID segmentId,
            long processNonce,
            Epoch epoch,
            UUID clientId,
            long generation,
            long deadlineTicks) {
        if (sealed.capacity() > AccessToken.FIXED_BYTES + KEPT_RANGES * AccessToken.RANGE_BYTES) {
            sealed = room(LEAST_RANGES);
        }
        count = 0;
        AccessToken.putFixed(
                sealed.clear(), mode, segmentId, processNonce, epoch, clientId, generation, deadlineTicks, count);
    }

    public void range(int region, long offset, long lengthBytes) {
        if (sealed.remaining() < AccessToken.RANGE_BYTES) {
            sealed = room(2 * count).put(sealed.flip());
        }
        AccessToken.putRange(sealed, region, offset, lengthBytes);
        count++;
    }

    /** The seal of what there is; {@link #begin} must follow before the next range. */
    public byte[] sealedBy(SealKey key) {
        sealed.putInt(AccessToken.FIXED_BYTES - Integer.BYTES, count);
        return key.seal(sealed.flip());
    }
}
