package io.mooncake4j.master.service;

import com.google.protobuf.MessageLite;
import io.mooncake4j.master.placement.ChangeLog;
import io.mooncake4j.transfer.rpc.RpcCall;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.NotLeader;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.concurrent.TimeUnit;

/** An answer that waits for the journal, as long as its caller waits for it. */
record OnceDurable(RpcCall call, MessageLite response) implements ChangeLog.Waiter {
    /** In which the answer that it took too long still reaches the caller, who then hears why. */
    private static final long WAY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    @Override
    public void durable() {
        call.reply(response);
    }

    @Override
    public void lost() {
        StoreException deposed = NotLeader.deposed(null); // though the proof may still hold for a moment
        call.fail(deposed.code(), deposed.reason());
    }

    @Override
    public boolean isOver() {
        return call.deadline().remainingNanos() <= WAY_NANOS;
    }

    @Override
    public void givenUp(String why) {
        call.fail(ErrorCode.RPC_TIMEOUT, why + "; what was asked may be durable later, or never: ask again");
    }
}
