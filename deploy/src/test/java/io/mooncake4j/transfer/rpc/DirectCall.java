package io.mooncake4j.transfer.rpc;

import com.google.protobuf.MessageLite;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
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
            public void reply(Method answered, long id, MessageLite response) {
                answer.reply(response);
            }

            @Override
            public void fail(long id, ErrorCode code, String text) {
                answer.fail(code, text);
            }
        };
        return new RpcCall(answers, method, 0, NEVER, body);
    }
}
