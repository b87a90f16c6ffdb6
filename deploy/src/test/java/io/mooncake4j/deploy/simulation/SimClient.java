package io.mooncake4j.deploy.simulation;

import com.google.protobuf.MessageLite;
import io.mooncake4j.client.KeyResult;
import io.mooncake4j.client.PutResult;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;

/** One life of a client process whose callers put, get and remove, one call after the other each. */
final class SimClient implements Surroundings {
    private static final long SLACK_NANOS = 50_000_000L;
    private static final int MAX_BATCH = 3;

    private final World world;
    private final UUID id;
    private final SimProcess process;
    private final SimTransport transport;
    private final SteppedClient steps;
    /** The puts that run, by their keys: at most one a key. */
    private final Map<String, Truth.Put> puts = new HashMap<>();

    private long sequence;
    private int running;

    SimClient(World world, String name, SimClock clock) {
        this.world = world;
        this.id = world.newId();
        this.process = new SimProcess(name, world.scheduler(), clock);
        this.transport = new SimTransport(world, process);
        this.steps = new SteppedClient(this);
    }

    SimProcess process() {
        return process;
    }

    /** Whether a call has not ended. */
    boolean busy() {
        return running > 0;
    }

    void start(int callers) {
        for (int i = 0; i < callers; i++) {
            think();
        }
    }

    private void think() {
        if (!world.settling()) {
            Scheduler scheduler = world.scheduler();
            long pause = scheduler.chance(0.1)
                    ? scheduler.between(100_000_000, 2_000_000_000)
                    : scheduler.between(1_000_000, 150_000_000);
            process.after(pause, this::call);
        }
    }

    private void call() {
        if (world.settling()) {
            return;
        }
        int kind = world.scheduler().random.nextInt(100);
        if (kind < 45) {
            put();
        } else if (kind < 86) {
            get();
        } else {
            remove(world.key());
        }
    }

    private List<String> keys() {
        int count = 1 + world.scheduler().random.nextInt(MAX_BATCH);
        List<String> keys = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String key = world.key();
            if (!keys.contains(key)) {
                keys.add(key);
            }
        }
        return keys;
    }

    private void put() {
        List<String> keys = keys();
        keys.removeIf(puts::containsKey);
        if (keys.isEmpty()) {
            think();
            return;
        }
        List<Truth.Put> mine = new ArrayList<>(keys.size());
        List<byte[]> values = new ArrayList<>(keys.size());
        for (String key : keys) {
            byte[] value = world.newValue();
            Truth.Put put = new Truth.Put(key, value);
            puts.put(key, put);
            mine.add(put);
            values.add(value);
        }
        Runnable inTime = begin();
        int replicas = 1 + world.scheduler().random.nextInt(2);
        if (world.trace().on()) {
            world.trace().add("%s puts %s", process, keys);
        }
        steps.put(keys, values, replicas, Plan.CALL_TIMEOUT_NANOS, results -> {
            inTime.run();
            for (int i = 0; i < mine.size(); i++) {
                PutResult result = results.get(i);
                if (world.trace().on()) {
                    world.trace().add("%s put %s: %s %s", process, keys.get(i), result.status(), result.error());
                }
                puts.remove(keys.get(i));
                world.checks().calls.put(process, mine.get(i), result);
            }
            think();
        });
    }

    private void get() {
        List<String> keys = keys();
        Runnable inTime = begin();
        if (world.trace().on()) {
            world.trace().add("%s gets %s", process, keys);
        }
        SteppedGet[] get = new SteppedGet[1];
        get[0] = steps.get(keys, Plan.CALL_TIMEOUT_NANOS, results -> {
            inTime.run();
            for (int i = 0; i < keys.size(); i++) {
                KeyResult<byte[]> result = results.get(i);
                long object = get[0].objectId(i);
                if (world.trace().on()) {
                    world.trace()
                            .add("%s got %s: %s %s %d", process, keys.get(i), result.status(), result.error(), object);
                }
                world.checks().calls.got(process, keys.get(i), result, object);
            }
            think();
        });
    }

    void remove(String key) {
        Runnable inTime = begin();
        steps.remove(
                key,
                Plan.CALL_TIMEOUT_NANOS,
                () -> {
                    inTime.run();
                    think();
                },
                failure -> {
                    inTime.run();
                    think();
                });
    }

    /** A call begins; what is returned is to run at its end. */
    private Runnable begin() {
        running++;
        long before = process.nowNanos() - process.pausedNanos();
        return () -> {
            running--;
            long took = process.nowNanos() - process.pausedNanos() - before;
            world.checks().calls.inTime(process, took - Plan.CALL_TIMEOUT_NANOS - SLACK_NANOS);
        };
    }

    void kill() {
        process.kill();
        transport.kill();
        world.checks().master.forget(process);
    }

    // What the client runs in

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
                asked.put(key, puts.get(key));
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
