package io.mooncake4j.transfer.wire;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key under which a master seals the access tokens of one segment in one epoch: HKDF (RFC 5869, HMAC-SHA-256) of
 * the cluster secret. Safe for all threads.
 */
public final class SealKey {
    private static final String HMAC = "HmacSHA256";
    private static final int KEY_BYTES = 32;

    private final byte[] key;
    private final ThreadLocal<Mac> macs;

    /** A key as the master handed it out. */
    public SealKey(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS, "an access key has " + KEY_BYTES + " bytes, not " + key.length);
        }
        this.key = key.clone();
        this.macs = ThreadLocal.withInitial(() -> mac(this.key));
    }

    /** Derives the key of a segment in an epoch. */
    public static SealKey derive(byte[] clusterSecret, UUID segmentId, Epoch epoch) {
        byte[] pseudoRandomKey = mac(epochSalt(epoch)).doFinal(clusterSecret);
        ByteBuffer info = ByteBuffer.allocate(17);
        info.putLong(segmentId.getMostSignificantBits()).putLong(segmentId.getLeastSignificantBits());
        info.put((byte) 1);
        return new SealKey(mac(pseudoRandomKey).doFinal(info.array()));
    }

    private static byte[] epochSalt(Epoch epoch) {
        return ByteBuffer.allocate(24)
                .putLong(epoch.clusterId().getMostSignificantBits())
                .putLong(epoch.clusterId().getLeastSignificantBits())
                .putLong(epoch.revision())
                .array();
    }

    public byte[] bytes() {
        return key.clone();
    }

    byte[] seal(ByteBuffer bytes) {
        Mac mac = macs.get();
        mac.update(bytes);
        return Arrays.copyOf(mac.doFinal(), AccessToken.MAC_BYTES);
    }

    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no " + HMAC, e);
        }
    }
}
