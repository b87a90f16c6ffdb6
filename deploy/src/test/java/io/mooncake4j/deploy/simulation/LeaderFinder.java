package io.mooncake4j.deploy.simulation;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.mooncake4j.transfer.rpc.DirectCall;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.Empty;
import io.mooncake4j.transfer.wire.proto.RoleResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** As the real link's search: all masters are asked at once whether they lead, and after a pause again. */
final class LeaderFinder {
    private static final long MILLI = 1_000_000L;

    private final World world;
    private final SimProcess caller;
    private final List<? extends Endpoint> all;
    private final List<Consumer<Endpoint>> waiting = new ArrayList<>();
    private @Nullable Endpoint current;
    private boolean searching;

    LeaderFinder(World world, SimProcess caller, List<? extends Endpoint> all) {
        this.world = world;
        this.caller = caller;
        this.all = all;
    }

    void find(Consumer<Endpoint> found) {
        Endpoint known = current;
        if (known != null) {
            found.accept(known);
            return;
        }
        waiting.add(found);
        if (!searching) {
            searching = true;
            ask();
        }
    }

    void gaveUp(Endpoint endpoint) {
        if (current == endpoint) {
            current = null;
        }
    }

    private void ask() {
        if (!searching) {
            return;
        }
        for (Endpoint each : all) {
            world.network().send(each::process, () -> asked(each), () -> {});
        }
        caller.after(world.scheduler().between(25 * MILLI, 250 * MILLI), this::ask);
    }

    private void asked(Endpoint each) {
        each.handle(Method.ROLE, Empty.getDefaultInstance(), new byte[0], new DirectCall.Answer() {
            @Override
            public void reply(MessageLite response) {
                byte[] body = response.toByteArray();
                world.network().send(() -> caller, () -> answered(each, body), () -> {});
            }

            @Override
            public void fail(ErrorCode code, String text) {
                throw world.checks().violated("S10", "a master does not say whether it leads: " + text);
            }
        });
    }

    private void answered(Endpoint each, byte[] body) {
        try {
            if (!searching || !RoleResponse.parseFrom(body).getLeads()) {
                return;
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
        searching = false;
        current = each;
        List<Consumer<Endpoint>> calls = List.copyOf(waiting);
        waiting.clear();
        calls.forEach(call -> call.accept(each));
    }
}
