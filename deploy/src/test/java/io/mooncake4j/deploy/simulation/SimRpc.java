package io.mooncake4j.deploy.simulation;

import com.google.protobuf.MessageLite;
import io.mooncake4j.client.Surroundings;
import io.mooncake4j.transfer.rpc.DirectCall;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.NotLeader;
import org.jspecify.annotations.Nullable;

/** Calls to the master that leads, as far as the caller knows. */
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
        private @Nullable Endpoint to;
        private boolean over;

        Call(SimProcess caller, Method method, MessageLite request, Surroundings.Reply reply) {
            this.caller = caller;
            this.method = method;
            this.request = request;
            this.reply = reply;
            this.body = request.toByteArray();
        }

        void send(long timeoutNanos) {
            caller.after(timeoutNanos, this::timedOut);
            world.masters().find(caller, this::transmit);
        }

        private void transmit(Endpoint master) {
            if (!over) {
                to = master;
                world.network().send(master::process, () -> arrived(master), () -> refused(master));
            }
        }

        private void timedOut() {
            if (!over) {
                if (to != null) {
                    world.masters().gaveUp(caller, to);
                }
                failed(ErrorCode.RPC_TIMEOUT, to != null);
            }
        }

        private void refused(Endpoint master) {
            if (world.scheduler().chance(0.5)) {
                world.network()
                        .send(
                                () -> caller,
                                () -> {
                                    world.masters().gaveUp(caller, master);
                                    failed(ErrorCode.RPC_FAIL, false);
                                },
                                () -> {});
            }
        }

        private void arrived(Endpoint master) {
            if (world.trace().on()) {
                world.trace().add("%s gets %s of %s: %s", master.process(), method, caller, Words.of(request));
            }
            master.handle(method, request, body, new DirectCall.Answer() {
                @Override
                public void reply(MessageLite response) {
                    if (world.trace().on()) {
                        world.trace().add("  answers %s of %s: %s", method, caller, Words.of(response));
                    }
                    byte[] answer = response.toByteArray();
                    world.network().send(() -> caller, () -> answered(answer), () -> {});
                }

                @Override
                public void fail(ErrorCode code, String text) {
                    if (world.trace().on()) {
                        world.trace().add("  refuses %s of %s: %s %s", method, caller, code, text);
                    }
                    // as PutEnding has it
                    boolean maybe = code != ErrorCode.NOT_LEADER || !NotLeader.nothingDone(text);
                    world.network()
                            .send(
                                    () -> caller,
                                    () -> {
                                        if (code == ErrorCode.NOT_LEADER) {
                                            world.masters().gaveUp(caller, master);
                                        }
                                        failed(code, maybe);
                                    },
                                    () -> {});
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
