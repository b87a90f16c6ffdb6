package io.mooncake4j.master.service;

import com.google.protobuf.MessageLite;
import io.mooncake4j.master.placement.ChangeLog;
import io.mooncake4j.transfer.rpc.RpcCall;
import io.mooncake4j.transfer.wire.ErrorCode;

/** An answer that waits for the journal. */
record OnceDurable(RpcCall call, MessageLite response) implements ChangeLog.Waiter {
    @Override
    public void durable() {
        call.reply(response);
    }

    @Override
    public void lost() {
        call.fail(ErrorCode.RPC_FAIL, "this master stopped leading before the change was durable; ask the next leader");
    }
}
