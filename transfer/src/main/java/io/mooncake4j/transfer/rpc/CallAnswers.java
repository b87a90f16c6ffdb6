package io.mooncake4j.transfer.rpc;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;

/** Where a request came from, and its answer goes. Any thread. */
interface CallAnswers {
    void reply(Method method, long id, ReplyBody body);

    void fail(long id, ErrorCode code, String text);
}
