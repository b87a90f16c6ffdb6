package io.mooncake4j.deploy.simulation;

import com.google.protobuf.MessageLite;
import io.mooncake4j.transfer.rpc.DirectCall;
import io.mooncake4j.transfer.wire.Method;
import org.jspecify.annotations.Nullable;

/** An address where a master listens, if its process lives. */
interface Endpoint {
    /** Null: nobody is there. */
    @Nullable
    SimProcess process();

    /** A request arrives. */
    void handle(Method method, MessageLite request, byte[] body, DirectCall.Answer answer);
}
