package io.mooncake4j.deploy.simulation;

import com.google.protobuf.MessageLite;
import io.mooncake4j.client.Surroundings;
import io.mooncake4j.transfer.rpc.DirectCall;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;

/** Calls to whichever master there is when they arrive. */
final class SimRpc {
    private final World world;

    SimRpc(World world) {
        this.world = world;
    }

    /** One try, with the caller's clock for its timeout. */
    void call(SimProcess caller, Method method, MessageLite request, long timeoutNanos, Surroundings.Reply reply) {
        new Call(caller, method, request, reply).send(timeoutNanos);
    }

    private final class Call {
        private final SimProcess caller;
        private final Method method;
        private final MessageLite request;
        private final Surroundings.Reply reply;
        private final byte[] body;
        private boolean over;

        Call(SimProcess caller, Method method, MessageLite request, Surroundings.Reply reply) {
            this.caller = caller;
            this.method = method;
            this.request = request;
            this.reply = reply;
            this.body = request.toByteArray();
        }

        void send(long timeoutNanos) {
            caller.after(timeoutNanos, () -> failed(ErrorCode.RPC_TIMEOUT, true));
            world.network().send(world::masterProcess, this::arrived, this::refused);
        }

        private void refused() {
            if (world.scheduler().chance(0.5)) {
                world.network().send(() -> caller, () -> failed(ErrorCode.RPC_FAIL, false), () -> {});
            }
        }

        private void arrived() {
            if (world.trace().on()) {
                world.trace()
                        .add(
                                "%s carries out %s of %s: %s",
                                world.master().process(), method, caller, Words.of(request));
            }
            world.master().handle(method, request, body, new DirectCall.Answer() {
                @Override
                public void reply(MessageLite response) {
                    if (world.trace().on()) {
                        world.trace().add("  answers %s of %s: %s", method, caller, Words.of(response));
                    }
                    byte[] answer = response.toByteArray();
                    world.network().send(() -> caller, () -> answered(answer), () -> {});
                }

                @Override
                public void fail(ErrorCode code) {
                    if (world.trace().on()) {
                        world.trace().add("  refuses %s of %s: %s", method, caller, code);
                    }
                    world.network().send(() -> caller, () -> failed(code, true), () -> {});
                }
            });
        }

        private void answered(byte[] answer) {
            if (!over) {
                over = true;
                reply.answered(answer);
            }
        }

        private void failed(ErrorCode code, boolean maybeDelivered) {
            if (!over) {
                over = true;
                if (world.trace().on()) {
                    world.trace().add("%s: %s failed: %s", caller, method, code);
                }
                reply.failed(code, maybeDelivered);
            }
        }
    }
}
