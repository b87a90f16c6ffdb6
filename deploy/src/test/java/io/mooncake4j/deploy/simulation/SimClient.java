package io.mooncake4j.deploy.simulation;

import com.google.protobuf.MessageLite;
import io.mooncake4j.client.SteppedClient;
import io.mooncake4j.client.SteppedGet;
import io.mooncake4j.client.Surroundings;
import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.PutStartRequest;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;

/** One life of a client process, and what its client runs in. */
final class SimClient implements Surroundings {
    private final World world;
    private final UUID id;
    private final SimProcess process;
    private final SimTransport transport;
    private final Callers callers;
    private long sequence;

    SimClient(World world, String name, SimClock clock) {
        this.world = world;
        this.id = world.newId();
        this.process = new SimProcess(name, world.scheduler(), clock);
        this.transport = new SimTransport(world, process);
        this.callers = new Callers(world, process, new SteppedClient(this));
    }

    SimProcess process() {
        return process;
    }

    Callers callers() {
        return callers;
    }

    void kill() {
        process.kill();
        transport.kill();
        world.checks().master.forget(process);
    }

    @Override
    public UUID clientId() {
        return id;
    }

    @Override
    public long nowNanos() {
        return process.nowNanos();
    }

    @Override
    public RandomGenerator random() {
        return world.scheduler().random;
    }

    @Override
    public SafetyRules rules() {
        return world.plan().rules();
    }

    @Override
    public boolean checksums() {
        return world.plan().checksums();
    }

    @Override
    public long nextSequence() {
        return ++sequence;
    }

    @Override
    public void after(long nanos, Runnable step) {
        process.after(nanos, step);
    }

    @Override
    public void send(Method method, MessageLite request, long timeoutNanos, Reply reply) {
        if (request instanceof PutStartRequest start) {
            KeyColumn keys = KeyColumn.of(start.getKeys());
            Map<String, Truth.Put> asked = new HashMap<>();
            for (int i = 0; i < keys.count(); i++) {
                String key = new String(keys.array(), keys.offset(i), keys.length(i), StandardCharsets.UTF_8);
                asked.put(key, callers.running(key));
            }
            world.truth().asked(id, start.getSequence(), asked);
        }
        world.rpc().call(process, method, request, timeoutNanos, reply);
    }

    @Override
    public void transfer(
            List<SegmentTransfer> transfers,
            ToLongFunction<TransferOp> owner,
            long deadlineNanos,
            Consumer<Boolean> ended) {
        boolean write = transfers.get(0).target().token().mode() == AccessToken.Mode.WRITE;
        int[] left = {transfers.size()};
        boolean[] told = new boolean[1];
        if (write && world.enginesFail()) {
            // S2 holds whatever threads of a writer still do after its word that they are unanswered
            process.after(world.scheduler().between(1000, 5_000_000), () -> {
                if (!told[0]) {
                    told[0] = true;
                    ended.accept(false);
                }
            });
        }
        for (SegmentTransfer transfer : transfers) {
            // some worker threads get their turn late
            Runnable run = () -> transport.run(transfer, owner, deadlineNanos, () -> {
                left[0]--;
                if (left[0] == 0 && !told[0]) {
                    told[0] = true;
                    ended.accept(true);
                }
            });
            process.afterStall(world.stalls(1) ? world.scheduler().between(1000, 3_000_000_000L) : 1, run);
        }
    }

    @Override
    public void reading(SteppedGet get, boolean active) {
        world.checks().master.reading(get, process, active);
    }

    @Override
    public void leaseEnded() {
        world.happened(Happening.LEASE_ENDED);
    }

    @Override
    public void mismatched(long objectId) {
        world.checks().calls.mismatched(process, objectId);
    }
}
