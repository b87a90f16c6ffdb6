package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** Where a listing goes on: in a shard, after a key. */
record PageMark(int shard, byte @Nullable [] after) {
    static final Comparator<byte[]> ORDER = Arrays::compareUnsigned;

    static PageMark decode(byte[] page) {
        if (page.length == 0) {
            return new PageMark(0, null);
        }
        if (page.length < 3 || page.length > 2 + KeyColumn.MAX_KEY_BYTES) {
            throw new StoreException(ErrorCode.INVALID_PARAMS, "not a page mark of ListKeys");
        }
        int shard = ByteBuffer.wrap(page).getShort();
        if (shard < 0 || shard >= ObjectTable.SHARDS) {
            throw new StoreException(ErrorCode.INVALID_PARAMS, "not a page mark of ListKeys");
        }
        return new PageMark(shard, Arrays.copyOfRange(page, 2, page.length));
    }

    byte[] encode() {
        byte[] key = after == null ? new byte[0] : after;
        return ByteBuffer.allocate(2 + key.length)
                .putShort((short) shard)
                .put(key)
                .array();
    }
}
