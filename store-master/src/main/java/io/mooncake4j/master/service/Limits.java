package io.mooncake4j.master.service;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.Keys;

/** What a request may hold at most, and that its columns fit each other; counts what is let through. */
record Limits(CallMeters meters) {
    static final int MAX_BATCH_KEYS = 8192;

    KeyColumn keys(Method method, Keys proto) {
        requireFew(proto.getLengthsCount());
        return counted(method, KeyColumn.of(proto));
    }

    KeyColumn keys(Method method, ReadRequest request) {
        requireFew(request.count());
        return counted(method, request.keys());
    }

    private static void requireFew(int keys) {
        if (keys > MAX_BATCH_KEYS) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "the batch has " + keys + " keys; at most " + MAX_BATCH_KEYS + " are allowed");
        }
    }

    private KeyColumn counted(Method method, KeyColumn keys) {
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
