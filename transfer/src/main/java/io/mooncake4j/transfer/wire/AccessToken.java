package io.mooncake4j.transfer.wire;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.UUID;

/**
 * Permission to read or write some ranges of one segment (S3), sealed by the master under the segment's access key.
 * Range i is the i-th extent of the master's answer on that segment. Not to be changed after sealing.
 */
public record AccessToken(
        Mode mode,
        UUID segmentId,
        long processNonce,
        Epoch epoch,
        UUID clientId,
        long generation,
        long deadlineTicks,
        int[] regions,
        long[] offsets,
        long[] lengths,
        byte[] mac) {

    /** What the holder may do. */
    public enum Mode {
        READ,
        WRITE
    }

    public static final int MAC_BYTES = 16;
    public static final int MAX_RANGES = 65_536;
    /** Up to and with the number of ranges, which is last. */
    static final int FIXED_BYTES = 1 + 16 + 8 + 24 + 16 + 8 + 8 + 4;

    static final int RANGE_BYTES = 4 + 8 + 8;

    public int rangeCount() {
        return regions.length;
    }

    /** The number of bytes that {@link #encode} writes. */
    public int encodedBytes() {
        return FIXED_BYTES + regions.length * RANGE_BYTES + MAC_BYTES;
    }

    /** Writes the token, its seal last. */
    public void encode(ByteBuffer out) {
        encodeSealed(out);
        out.put(mac);
    }

    private void encodeSealed(ByteBuffer out) {
        putFixed(out, mode, segmentId, processNonce, epoch, clientId, generation, deadlineTicks, regions.length);
        for (int i = 0; i < regions.length; i++) {
            putRange(out, regions[i], offsets[i], lengths[i]);
        }
    }

    static void putFixed(
            ByteBuffer out,
            Mode mode,
            UUID segmentId,
            long processNonce,
            Epoch epoch,
            UUID clientId,
            long generation,
            long deadlineTicks,
            int ranges) {
        out.put((byte) mode.ordinal());
        putUuid(out, segmentId);
        out.putLong(processNonce);
        putUuid(out, epoch.clusterId());
        out.putLong(epoch.revision());
        putUuid(out, clientId);
        out.putLong(generation);
        out.putLong(deadlineTicks);
        out.putInt(ranges);
    }

    static void putRange(ByteBuffer out, int region, long offset, long lengthBytes) {
        out.putInt(region);
        out.putLong(offset);
        out.putLong(lengthBytes);
    }

    /**
     * Reads one token; says nothing about its seal.
     *
     * @throws StoreException TOKEN_REFUSED if the bytes are no token
     */
    public static AccessToken decode(ByteBuffer in) {
        if (in.remaining() < FIXED_BYTES + MAC_BYTES) {
            throw new StoreException(ErrorCode.TOKEN_REFUSED, "the token is cut short");
        }
        int mode = in.get();
        if (mode < 0 || mode > 1) {
            throw new StoreException(ErrorCode.TOKEN_REFUSED, "the token's mode is " + mode);
        }
        UUID segment = getUuid(in);
        long nonce = in.getLong();
        Epoch epoch = new Epoch(getUuid(in), in.getLong());
        UUID client = getUuid(in);
        long generation = in.getLong();
        long deadline = in.getLong();
        int count = in.getInt();
        if (count < 0 || count > MAX_RANGES || in.remaining() < count * RANGE_BYTES + MAC_BYTES) {
            throw new StoreException(ErrorCode.TOKEN_REFUSED, "the token claims " + count + " ranges");
        }
        int[] regions = new int[count];
        long[] offsets = new long[count];
        long[] lengths = new long[count];
        for (int i = 0; i < count; i++) {
            regions[i] = in.getInt();
            offsets[i] = in.getLong();
            lengths[i] = in.getLong();
        }
        byte[] mac = new byte[MAC_BYTES];
        in.get(mac);
        return new AccessToken(
                Mode.values()[mode],
                segment,
                nonce,
                epoch,
                client,
                generation,
                deadline,
                regions,
                offsets,
                lengths,
                mac);
    }

    /** The same token with the seal that the key gives it. */
    public AccessToken sealedBy(SealKey key) {
        return new AccessToken(
                mode,
                segmentId,
                processNonce,
                epoch,
                clientId,
                generation,
                deadlineTicks,
                regions,
                offsets,
                lengths,
                key.seal(sealedBytes()));
    }

    /** Whether the seal is the key's. Takes the same time for every wrong seal. */
    public boolean isSealedBy(SealKey key) {
        return MessageDigest.isEqual(mac, key.seal(sealedBytes()));
    }

    private ByteBuffer sealedBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(FIXED_BYTES + regions.length * RANGE_BYTES);
        encodeSealed(bytes);
        return bytes.flip();
    }

    private static void putUuid(ByteBuffer out, UUID id) {
        out.putLong(id.getMostSignificantBits());
        out.putLong(id.getLeastSignificantBits());
    }

    private static UUID getUuid(ByteBuffer in) {
        return new UUID(in.getLong(), in.getLong());
    }
}
