package io.mooncake4j.transfer.rpc;

import com.google.protobuf.Parser;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.Method;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One call of a client, from its start to its end. But for its future it belongs to the event loop of its link. */
final class PendingCall<T> extends CompletableFuture<T> {
    final Method method;
    final Deadline deadline;
    final Parser<T> parser;
    final int permits;
    /** The encoded request, until it is sent. */
    @Nullable
    ByteBuf frame;
    /** Where it was sent. */
    @Nullable
    ClientConnection connection;

    PendingCall(Method method, Deadline deadline, Parser<T> parser, int permits, ByteBuf frame) {
        this.method = method;
        this.deadline = deadline;
        this.parser = parser;
        this.permits = permits;
        this.frame = frame;
    }
}
