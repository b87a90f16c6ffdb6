package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.wire.ErrorCode;
import org.jspecify.annotations.Nullable;

/** What starting a put, or renewing its grant, gave for one key: a grant exactly when the code is OK. */
public record GrantResult(ErrorCode code, @Nullable Grant grant) {
    static GrantResult refused(ErrorCode code) {
        return new GrantResult(code, null);
    }
}
