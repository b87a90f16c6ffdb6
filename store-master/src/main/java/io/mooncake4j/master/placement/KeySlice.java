package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.wire.KeyColumn;
import java.util.Arrays;

/** One key of a batch, seen in place: a reusable view for one thread. */
public final class KeySlice {
    private final Tenant tenant;
    private byte[] array = new byte[0];
    private int offset;
    private int length;
    private long hash;

    public KeySlice(Tenant tenant) {
        this.tenant = tenant;
    }

    /** Moves the view to a key of the column. */
    public KeySlice at(KeyColumn keys, int index) {
        return at(keys.array(), keys.offset(index), keys.length(index));
    }

    /** Moves the view to a part of an array. */
    public KeySlice at(byte[] keyArray, int keyOffset, int keyLength) {
        array = keyArray;
        offset = keyOffset;
        length = keyLength;
        hash = KeyHash.of(tenant.seed(), keyArray, keyOffset, keyLength);
        return this;
    }

    Tenant tenant() {
        return tenant;
    }

    long hash() {
        return hash;
    }

    byte[] copy() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    boolean is(Tenant otherTenant, byte[] key) {
        return otherTenant == tenant && Arrays.equals(array, offset, offset + length, key, 0, key.length);
    }
}
