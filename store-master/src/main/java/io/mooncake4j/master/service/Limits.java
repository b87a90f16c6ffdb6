package io.mooncake4j.master.service;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.Keys;

/** What a request may hold at most, and that its columns fit each other. */
record Limits(int maxBatchKeys) {
    static final Limits DEFAULT = new Limits(8192);

    KeyColumn keys(Keys proto) {
        if (proto.getLengthsCount() > maxBatchKeys) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "the batch has " + proto.getLengthsCount() + " keys; at most " + maxBatchKeys + " are allowed");
        }
        return KeyColumn.of(proto);
    }

    static void sameCount(String column, int count, KeyColumn keys) {
        if (count != keys.count()) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS, column + " has " + count + " entries for " + keys.count() + " keys");
        }
    }
}
