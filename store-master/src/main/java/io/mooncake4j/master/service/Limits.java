package io.mooncake4j.master.service;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.Keys;

/** What a request may hold at most, and that its columns fit each other; counts what is let through. */
record Limits(int maxBatchKeys, CallMeters meters) {
    private static final int MAX_BATCH_KEYS = 8192;

    static Limits countedBy(CallMeters meters) {
        return new Limits(MAX_BATCH_KEYS, meters);
    }

    KeyColumn keys(Method method, Keys proto) {
        if (proto.getLengthsCount() > maxBatchKeys) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "the batch has " + proto.getLengthsCount() + " keys; at most " + maxBatchKeys + " are allowed");
        }
        KeyColumn keys = KeyColumn.of(proto);
        meters.keys(method, keys.count());
        return keys;
    }

    static void sameCount(String column, int count, KeyColumn keys) {
        if (count != keys.count()) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS, column + " has " + count + " entries for " + keys.count() + " keys");
        }
    }
}
