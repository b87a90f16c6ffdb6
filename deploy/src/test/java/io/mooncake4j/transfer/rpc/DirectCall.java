package io.mooncake4j.transfer.rpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.ExistsResponse;
import io.mooncake4j.transfer.wire.proto.PutStartResponse;
import io.mooncake4j.transfer.wire.proto.RenewGrantResponse;
import io.mooncake4j.transfer.wire.proto.ReplicasResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/** A request that comes over no connection. */
public final class DirectCall {
    /** Takes the answer, exactly one. */
    public interface Answer {
        void reply(MessageLite response);

        void fail(ErrorCode code, String text);
    }

    /** No time passes for these calls but the simulated one. */
    private static final Deadline NEVER = Deadline.after(Duration.ofDays(30));

    private DirectCall() {}

    public static RpcCall of(Method method, byte[] body, Answer answer) {
        CallAnswers answers = new CallAnswers() {
            @Override
            public void reply(Method answered, long id, ReplyBody body) {
                answer.reply(body instanceof MessageReply known ? known.message() : decoded(method, body));
            }

            @Override
            public void fail(long id, ErrorCode code, String text) {
                answer.fail(code, text);
            }
        };
        return new RpcCall(answers, method, 0, NEVER, body);
    }

    /** What a client would decode of an answer that encodes itself. */
    private static MessageLite decoded(Method method, ReplyBody body) {
        byte[] bytes = new byte[body.sizeBytes()];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            body.writeTo(out);
            out.checkNoSpaceLeft();
            return switch (method) {
                case PUT_START -> PutStartResponse.parseFrom(bytes);
                case RENEW_GRANT -> RenewGrantResponse.parseFrom(bytes);
                case GET_REPLICAS, RENEW_LEASE -> ReplicasResponse.parseFrom(bytes);
                case EXISTS -> ExistsResponse.parseFrom(bytes);
                default -> throw new IllegalStateException("which message answers " + method + " isn't known here");
            };
        } catch (IOException e) {
            throw new UncheckedIOException("the answer of " + method + " can't be encoded and decoded", e);
        }
    }
}
