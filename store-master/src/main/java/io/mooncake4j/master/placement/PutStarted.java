package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.wire.ErrorCode;
import org.jspecify.annotations.Nullable;

/** What PutStart says of one key: a grant exactly when the code is OK. */
public record PutStarted(ErrorCode code, @Nullable Grant grant) {
    static PutStarted refused(ErrorCode code) {
        return new PutStarted(code, null);
    }
}
